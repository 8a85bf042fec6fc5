package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.netty.http.RequestHead.Receiver;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
  @ParameterizedTest
  @CsvSource({
    "GET, http://h, /, h",
    "GET, http://h:80/a/b?c=d&e, /a/b?c=d&e, h",
    "GET, https://h:443?q, /?q, h",
    "GET, https://h:80/?, /?, h:80",
    "GET, http://H.Example:8080/%2F%0d#frag, /%2F%0d, H.Example:8080",
    "GET, http://user:secret@h/, /, h",
    "GET, http://[2001:db8::1]:81/, /, [2001:db8::1]:81",
    "GET, http://[fe80::1%eth0]/, /, [fe80::1]",
    "GET, http://h//evil.example/, //evil.example/, h",
    "GET, http://h/ä?ö, /%C3%A4?%C3%B6, h",
    "GET, http://h/a\u0308%c3, /%C3%A4%c3, h",
    "GET, http://h?ö, /?%C3%B6, h",
    "GET, http://h/\uD83D\uDE00, /%F0%9F%98%80, h",
    "OPTIONS, http://h, *, h",
    "OPTIONS, http://h/, /, h",
    "OPTIONS, http://h?q, /?q, h",
    "options, http://h, /, h"
  })
  void aServerIsToldPathAndHost(String method, String uri, String target, String host) {
    RequestHead head = head(Requests.of(method, uri), 0);
    assertThat(head.http1().uri()).isEqualTo(target);
    assertThat(head.http1().headers().getAll("host")).containsExactly(host);
    assertThat(head.http1().method().name()).isEqualTo(method);
    Http2Headers fields = http2(head);
    assertThat(fields.method()).asString().isEqualTo(method);
    assertThat(fields.path()).asString().isEqualTo(target);
    assertThat(fields.authority()).asString().isEqualTo(host);
    assertThat(fields.scheme()).asString().isEqualTo(URI.create(uri).getScheme());
    assertThat(fields.contains("host")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, http://h, http://h/, h",
    "GET, http://user:secret@h:80/a?b#c, http://h/a?b, h",
    "GET, HTTP://[::1]:81/ä, HTTP://[::1]:81/%C3%A4, [::1]:81",
    "OPTIONS, http://h:81, http://h:81/, h:81",
    "OPTIONS, http://h/, http://h/, h"
  })
  void aProxyIsToldTheUri(String method, String uri, String target, String host) {
    io.netty.handler.codec.http.HttpRequest head =
        head(Requests.of(method, uri), Receiver.PROXY).http1();
    assertThat(head.uri()).isEqualTo(target);
    assertThat(head.headers().getAll("host")).containsExactly(host);
  }

  @Test
  void theUsersHeadersAreSentAsTheyAre() {
    RequestHead head =
        head(Requests.get("http://h/", "X-B", "2", "X-B", "1", "x-a", "\u00e4", "Accept", ""), 0);
    assertThat(wire(head)).endsWith("\r\n\r\n");
    assertThat(wire(head).lines())
        .containsExactly(
            "GET / HTTP/1.1",
            "host: h",
            "Accept: ",
            "x-a: \u00e4",
            "X-B: 2",
            "X-B: 1",
            "user-agent: test/1",
            "");
    assertThat(lines(http2(head)))
        .containsExactly(
            ":method: GET",
            ":scheme: http",
            ":authority: h",
            ":path: /",
            "accept: ",
            "x-a: \u00e4",
            "x-b: 2",
            "x-b: 1",
            "user-agent: test/1");
  }

  @Test
  void theUsersUserAgentGoesFirst() {
    RequestHead head = head(Requests.get("http://h/", "user-AGENT", "mine"), 0);
    assertThat(head.http1().headers().getAll("user-agent")).containsExactly("mine");
    assertThat(http2(head).getAll("user-agent")).asString().isEqualTo("[mine]");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, 0, , ",
    "HEAD, 0, , ",
    "DELETE, 0, , ",
    "OPTIONS, 0, , ",
    "TRACE, 0, , ",
    "POST, 0, 0, ",
    "PUT, 0, 0, ",
    "PATCH, 0, 0, ",
    "get, 0, 0, ",
    "POST, 5000000000, 5000000000, ",
    "GET, 1, 1, ",
    "DELETE, 2, 2, ",
    "POST, -1, , chunked",
    "GET, -1, , chunked"
  })
  void theBodyIsFramed(String method, long length, String lengthField, String codingField) {
    RequestHead head = head(Requests.of(method, "http://h/"), length);
    assertThat(head.http1().headers().get("content-length")).isEqualTo(lengthField);
    assertThat(head.http1().headers().get("transfer-encoding")).isEqualTo(codingField);
    CharSequence http2 = http2(head).get("content-length");
    assertThat(http2 == null ? null : http2.toString()).isEqualTo(lengthField);
    assertThat(http2(head).contains("transfer-encoding")).isFalse();
  }

  @Test
  void theUsersTransferEncodingDoesNotDisturbTheFraming() {
    CheckedRequest request = Requests.post("http://h/", "abc", "Transfer-Encoding", "chunked");
    RequestHead fixed = head(request, 3);
    assertThat(fixed.http1().headers().contains("transfer-encoding")).isFalse();
    assertThat(fixed.http1().headers().get("content-length")).isEqualTo("3");
    RequestHead unknown = head(request, -1);
    assertThat(unknown.http1().headers().getAll("transfer-encoding")).containsExactly("chunked");
  }

  /** As they come from a JVM that allows them. */
  private static CheckedRequest restricted(String... headers) {
    CheckedRequest request = Requests.post("http://h/", "abc");
    HttpHeaders allowed = Requests.headers(headers);
    return new CheckedRequest("POST", request.uri(), allowed, request);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "+3", "03", "3, 3", "", "x"})
  void anotherContentLengthThanTheBodysIsRefused(String length) {
    RequestHead head = head(restricted("Content-Length", length), 3);
    assertThatIllegalArgumentException()
        .isThrownBy(head::http1)
        .withMessage("header Content-Length must be the length of the body, 3, was " + length);
    assertThatIllegalArgumentException().isThrownBy(() -> http2(head));
  }

  @Test
  void aContentLengthForAnUnknownLengthIsRefused() {
    RequestHead head = head(restricted("Content-Length", "3"), -1);
    assertThatIllegalArgumentException()
        .isThrownBy(head::http1)
        .withMessage(
            "header Content-Length must be the length of the body, which is unknown, was 3");
  }

  @Test
  void whatTheJvmAllowsIsSentOnce() {
    RequestHead head =
        head(
            restricted(
                "Content-Length",
                "3",
                "Host",
                "other:1",
                "Expect",
                "100-continue",
                "Connection",
                "close",
                "Upgrade",
                "foo",
                "Keep-Alive",
                "5",
                "TE",
                "trailers"),
            3);
    io.netty.handler.codec.http.HttpHeaders fields = head.http1().headers();
    assertThat(fields.getAll("content-length")).containsExactly("3");
    assertThat(fields.getAll("host")).containsExactly("other:1");
    assertThat(fields.getAll("expect")).containsExactly("100-continue");
    assertThat(fields.getAll("connection")).containsExactly("close");
    assertThat(fields.getAll("upgrade")).containsExactly("foo");
    assertThat(lines(http2(head)))
        .containsExactly(
            ":method: POST",
            ":scheme: http",
            ":authority: other:1",
            ":path: /",
            "expect: 100-continue",
            "te: trailers",
            "user-agent: test/1",
            "content-length: 3");
  }

  @Test
  void http2HasNoOtherTransferCodings() {
    RequestHead head = head(Requests.get("http://h/", "TE", "gzip", "HTTP2-Settings", "AAMAAABk"));
    assertThat(http2(head).contains("te")).isFalse();
    assertThat(http2(head).contains("http2-settings")).isFalse();
    assertThat(head.http1().headers().get("te")).isEqualTo("gzip");
  }

  @ParameterizedTest
  @CsvSource({"true, 3, true", "true, -1, true", "true, 0, false", "false, 3, false"})
  void aBodyMayWaitForTheServersWord(boolean wish, long length, boolean expected) {
    CheckedRequest request =
        RequestCheck.check(
            HttpRequest.newBuilder(URI.create("http://h/"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .expectContinue(wish)
                .build());
    RequestHead head = head(request, length);
    assertThat(head.expectsContinue()).isEqualTo(expected);
    assertThat(head.http1().headers().get("expect")).isEqualTo(expected ? "100-continue" : null);
    assertThat(http2(head).contains("expect", "100-continue")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {"'', null", "a=1, a=1; u=1; v=2", "'a=1,b=2', a=1; b=2; u=1; v=2"})
  void cookiesShareOneField(String fromHandler, String field) {
    List<String> cookies = fromHandler.isEmpty() ? List.of() : List.of(fromHandler.split(","));
    CheckedRequest request =
        field == null
            ? Requests.get("http://h/")
            : Requests.get("http://h/", "cookie", "u=1", "Cookie", "v=2");
    RequestHead head = new RequestHead(request, 0, Receiver.SERVER, cookies, null, null, "test/1");
    assertThat(head.http1().headers().getAll("cookie"))
        .isEqualTo(field == null ? List.of() : List.of(field));
    assertThat(lines(http2(head)).stream().filter(line -> line.startsWith("cookie")))
        .isEqualTo(field == null ? List.of() : List.of("cookie: " + field));
  }

  @Test
  void credentialsOfTheUsersGoFirst() {
    RequestHead mine =
        credentials(
            Requests.get("http://h/", "authorization", "A", "Proxy-authorization", "B"),
            Receiver.PROXY);
    assertThat(mine.http1().headers().getAll("authorization")).containsExactly("A");
    assertThat(mine.http1().headers().getAll("proxy-authorization")).containsExactly("B");
    RequestHead found = credentials(Requests.get("http://h/"), Receiver.PROXY);
    assertThat(found.http1().headers().getAll("authorization")).containsExactly("S");
    assertThat(found.http1().headers().getAll("proxy-authorization")).containsExactly("P");
    assertThat(lines(http2(found))).contains("authorization: S", "proxy-authorization: P");
  }

  @Test
  void whatIsForAProxyIsNotToldToAServer() {
    CheckedRequest request =
        Requests.get("http://h/", "Proxy-Authorization", "B", "Proxy-Connection", "x");
    RequestHead head = credentials(request, Receiver.SERVER);
    assertThat(wire(head)).doesNotContainIgnoringCase("proxy");
    assertThat(lines(http2(head))).noneMatch(line -> line.startsWith("proxy"));
    RequestHead found = credentials(Requests.get("http://h/"), Receiver.SERVER);
    assertThat(wire(found)).doesNotContainIgnoringCase("proxy").contains("authorization: S");
    assertThat(wire(credentials(request, Receiver.PROXY))).contains("Proxy-Connection: x");
  }

  private static RequestHead credentials(CheckedRequest request, Receiver receiver) {
    return new RequestHead(request, 0, receiver, List.of(), "S", "P", "test/1");
  }

  private static RequestHead head(CheckedRequest request) {
    return head(request, 0);
  }

  private static RequestHead head(CheckedRequest request, long length) {
    return new RequestHead(request, length, Receiver.SERVER, List.of(), null, null, "test/1");
  }

  private static RequestHead head(CheckedRequest request, Receiver receiver) {
    return new RequestHead(request, 0, receiver, List.of(), null, null, "test/1");
  }

  private static String wire(RequestHead head) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestEncoder());
    channel.writeOutbound(head.http1());
    ByteBuf bytes = channel.readOutbound();
    String text = bytes.toString(StandardCharsets.ISO_8859_1);
    bytes.release();
    channel.finishAndReleaseAll();
    return text;
  }

  /** With Netty's own validation. */
  private static Http2Headers http2(RequestHead head) {
    Http2Headers fields = new DefaultHttp2Headers(true, true, 16);
    head.copyTo(fields);
    return fields;
  }

  private static List<String> lines(Http2Headers fields) {
    List<String> lines = new ArrayList<>();
    fields.forEach(field -> lines.add(field.getKey() + ": " + field.getValue()));
    return lines;
  }
}
