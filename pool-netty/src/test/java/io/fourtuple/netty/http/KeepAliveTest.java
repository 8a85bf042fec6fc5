package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {
  private static KeepAlive of(HttpVersion version, String... fields) {
    HttpResponse response = new DefaultHttpResponse(version, HttpResponseStatus.OK);
    for (String field : fields) {
      int colon = field.indexOf(':');
      response.headers().add(field.substring(0, colon), field.substring(colon + 1).strip());
    }
    return KeepAlive.of(response, false);
  }

  private static KeepAlive of(String... fields) {
    return of(HttpVersion.HTTP_1_1, fields);
  }

  @Test
  void http11GoesOnUnlessItSaysClose() {
    assertThat(of()).isEqualTo(new KeepAlive(true, KeepAlive.FOREVER));
    assertThat(of("Connection: keep-alive").isReusable()).isTrue();
    assertThat(of("Connection: upgrade, closed, close-x, xclose").isReusable()).isTrue();
    assertThat(of("Connection: ").isReusable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "close",
        "Close",
        "CLOSE",
        "x, close",
        "close,x",
        "keep-alive, close",
        "x;close",
        "close;",
        "keep-alive close",
        ",close ,",
        "closed, close"
      })
  void closeCounts(String value) {
    assertThat(of("connection: " + value).isReusable()).isFalse();
    assertThat(of("Connection: x", "Connection: " + value).isReusable()).isFalse();
    assertThat(of("Proxy-Connection: " + value).isReusable()).isFalse();
    assertThat(
            of(HttpVersion.HTTP_1_0, "Connection: keep-alive", "Connection: " + value).isReusable())
        .isFalse();
  }

  @Test
  void http10EndsUnlessItSaysKeepAlive() {
    assertThat(of(HttpVersion.HTTP_1_0).isReusable()).isFalse();
    assertThat(of(HttpVersion.HTTP_1_0, "Keep-Alive: timeout=5").isReusable()).isFalse();
    assertThat(of(HttpVersion.HTTP_1_0, "Connection: Keep-Alive").isReusable()).isTrue();
    assertThat(of(HttpVersion.HTTP_1_0, "Connection: x", "Connection: y, KEEP-ALIVE").isReusable())
        .isTrue();
  }

  @Test
  void proxyConnectionAllowsNothing() {
    assertThat(of(HttpVersion.HTTP_1_0, "Proxy-Connection: keep-alive").isReusable()).isFalse();
    assertThat(of("Proxy-Connection: keep-alive").isReusable()).isTrue();
  }

  @Test
  void aConnectionThatHasEndedOrSpeaksAnotherProtocolIsGone() {
    HttpResponse ok = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    assertThat(KeepAlive.of(ok, true).isReusable()).isFalse();
    ok.setStatus(HttpResponseStatus.SWITCHING_PROTOCOLS);
    assertThat(KeepAlive.of(ok, false).isReusable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout=20          | PT19S",
        "timeout=5, max=100  | PT4S",
        "max=99;Timeout = 5  | PT4S",
        "TIMEOUT=\"5\"       | PT4S",
        "timeout=2           | PT1S",
        "timeout=1           | PT0.5S",
        "x=1,timeout=65,y    | PT1M4S",
        "timeout=999999999   | PT277777H46M38S",
        "max=1               | PT2562047788015215H30M7S",
      })
  void limits(String value, Duration idle) {
    assertThat(of("Keep-Alive: " + value)).isEqualTo(new KeepAlive(true, idle));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "timeout",
        "timeout=",
        "timeout=x",
        "timeout=-1",
        "timeout=1.5",
        "5",
        "=5",
        "timeout=99999999999999999999",
        "max=9999999999",
        "timeout=5s",
        "xtimeout=5",
        ",;,"
      })
  void limitsThatCannotBeReadAreNone(String value) {
    assertThat(of("Keep-Alive: " + value)).isEqualTo(new KeepAlive(true, KeepAlive.FOREVER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"timeout=0", "max=0", "timeout=5, max=0"})
  void limitsOfNothingEndIt(String value) {
    assertThat(of("Keep-Alive: " + value).isReusable()).isFalse();
  }

  @Test
  void theLeastOfSeveralLimitsCounts() {
    assertThat(of("Keep-Alive: timeout=20, max=3", "Keep-Alive: timeout=10, max=7"))
        .isEqualTo(new KeepAlive(true, Duration.ofSeconds(9)));
  }
}
