package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldKindTest {
  @ParameterizedTest
  @CsvSource({
    "Authorization, AUTHORIZATION",
    "Accept, ORDINARY",
    "Connection, CONNECTION",
    "Content-Encoding, CONTENT_METADATA",
    "Content-Language, CONTENT_METADATA",
    "Content-Length, CONTENT_LENGTH",
    "Content-Location, CONTENT_METADATA",
    "Content-Type, CONTENT_METADATA",
    "Content-Disposit, ORDINARY",
    "Cookie, COOKIE",
    "Custom, ORDINARY",
    "Digest, CONTENT_METADATA",
    "Expect, EXPECT",
    "Host, HOST",
    "Hosts, ORDINARY",
    "HTTP2-Settings, CONNECTION",
    "Keep-Alive, CONNECTION",
    "Last-Modified, CONTENT_METADATA",
    "Origin, PROVENANCE",
    "Proxy-, ORDINARY",
    "Proxy-A, PROXY",
    "Proxy-Authorization, PROXY_AUTHORIZATION",
    "Proxy-Authorizatiom, PROXY",
    "Proxy-Connection, PROXY",
    "Referer, PROVENANCE",
    "TE, TE",
    "Transfer-Encoding, TRANSFER_ENCODING",
    "Upgrade, CONNECTION",
    "User-Agent, USER_AGENT",
    "X, ORDINARY",
    "~, ORDINARY"
  })
  void isThatOfTheName(String name, FieldKind kind) {
    assertThat(FieldKind.of(name)).isEqualTo(kind);
    assertThat(FieldKind.of(name.toLowerCase(Locale.ROOT))).isEqualTo(kind);
    assertThat(FieldKind.of(name.toUpperCase(Locale.ROOT))).isEqualTo(kind);
  }
}
