package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestCheckTest {
  private static final URI HOST = URI.create("http://h/");

  @Test
  void aRequestIsCopiedInFull() {
    HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("x");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://h:8443/p?q#f"))
            .PUT(body)
            .header("X-A", "1")
            .header("X-A", "2")
            .expectContinue(true)
            .timeout(Duration.ofSeconds(3))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    CheckedRequest checked = RequestCheck.check(request);
    assertThat(checked).isEqualTo(request); // method, URI and headers
    assertThat(checked.body()).isSameAs(body);
    assertThat(checked.bodyPublisher()).containsSame(body);
    assertThat(checked.expectContinue()).isTrue();
    assertThat(checked.timeout()).contains(Duration.ofSeconds(3));
    assertThat(checked.version()).contains(HttpClient.Version.HTTP_1_1);
  }

  @Test
  void noMethodMeansGet() {
    HttpRequest request = Requests.unchecked(null, HOST, Requests.headers());
    assertThat(RequestCheck.check(request).method()).isEqualTo("GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "GET ", "GE T", "GET\r\nX: y", "GÉT", "G\u0000T", "G:T", "Ā"})
  void aMethodIsAToken(String method) {
    HttpRequest request = Requests.unchecked(method, HOST, Requests.headers());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessageStartingWith("method must be a token of RFC 9110, was \"")
        .satisfies(refused -> assertThat(refused.getMessage()).matches("[ -~]*"));
  }

  @Test
  void connectIsRefused() {
    HttpRequest request = Requests.unchecked("CONNECT", HOST, Requests.headers());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessage("method must not be CONNECT, was CONNECT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ"})
  void anyTokenIsAMethod(String method) {
    HttpRequest request = Requests.unchecked(method, HOST, Requests.headers());
    assertThat(RequestCheck.check(request).method()).isEqualTo(method);
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://h/, 'scheme of URI must be http or https, was ftp'",
    "//h/, 'scheme of URI must be http or https, was null'",
    "http:/p, 'URI must have a host made of ASCII letters, digits, hyphens and dots, was http:/p'",
    "http://u:p@a_b/, 'URI must have a host made of ASCII letters, digits, hyphens and dots, was"
        + " http://...@a_b/'",
    "http://bücher.example/, 'URI must have a host made of ASCII letters, digits, hyphens and"
        + " dots, was http://bücher.example/'",
    "http://h:0/, 'port of URI must be 1 to 65535, was 0'",
    "http://h:65536/, 'port of URI must be 1 to 65535, was 65536'",
    "http://h/\uD800, 'path and query of URI must be well-formed UTF-16, were \"/\\uD800?null\"'",
    "http://h/?\uDC00, 'path and query of URI must be well-formed UTF-16, were \"/?\\uDC00\"'"
  })
  void aUriNamesAServer(String uri, String message) {
    HttpRequest request = Requests.unchecked("GET", URI.create(uri), Requests.headers());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP://H",
        "HTTPS://h:1/",
        "http://u:p@h/#f",
        "http://[::1]:65535/",
        "http://1.2.3.4/ä?ö",
        "http://h/\uD83D\uDE00"
      })
  void otherUrisAreTaken(String uri) {
    HttpRequest request = Requests.unchecked("GET", URI.create(uri), Requests.headers());
    assertThat(RequestCheck.check(request).uri()).isEqualTo(URI.create(uri));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a:", "a\r\nb", "ä", "a\u0000b", "a/b", "Ā"})
  void theNameOfAHeaderIsAToken(String name) {
    HttpRequest request = Requests.unchecked("GET", HOST, Requests.headers(name, "v"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessageStartingWith("name of a header must be a token of RFC 9110, was \"");
  }

  /** Those at the ends {@link java.net.http.HttpHeaders} has cut off. */
  @ParameterizedTest
  @CsvSource({
    "'a\r\nX: y', U+000D, 1",
    "'a\nb', U+000A, 1",
    "'a\u0000b', U+0000, 1",
    "'ab\u007f', U+007F, 2",
    "'a\u001bb', U+001B, 1",
    "'\u0100', U+0100, 0",
    "'\u560a', U+560A, 0" // whose low byte is a line feed
  })
  void theValueOfAHeaderHasNoControls(String value, String character, int index) {
    HttpRequest request = Requests.unchecked("GET", HOST, Requests.headers("X-A", value));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessage(
            "header X-A must have visible Latin-1 characters, spaces and tabs only, was %s at index"
                + " %d",
            character, index);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b\tc", "\u00e4\u00ff", "~!\u0080"})
  void otherValuesAreTaken(String value) {
    HttpRequest request = Requests.unchecked("GET", HOST, Requests.headers("X-A", value));
    assertThat(RequestCheck.check(request).headers().firstValue("x-a")).isPresent();
  }

  /** Whatever this JVM allows, by a setting of its own: both must agree. */
  @ParameterizedTest
  @ValueSource(strings = {"Connection", "content-length", "Expect", "HOST", "upgrade"})
  void whatTheJdkKeepsToItselfIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpRequest.newBuilder().header(name, "0"));
    HttpRequest request = Requests.unchecked("GET", HOST, Requests.headers(name, "0"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessage(
            "name of a header must not be one that the client sets ([connection, content-length,"
                + " expect, host, upgrade]), was "
                + name);
  }

  @Test
  void theBodyIsFramedByTheClient() {
    HttpRequest gzip =
        Requests.unchecked("POST", HOST, Requests.headers("Transfer-Encoding", "gzip, chunked"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(gzip))
        .withMessage(
            "header Transfer-Encoding must be chunked, or left to the client, was"
                + " \"gzip, chunked\"");
    HttpRequest chunked =
        Requests.unchecked("POST", HOST, Requests.headers("Transfer-Encoding", "Chunked"));
    assertThatCode(() -> RequestCheck.check(chunked)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void aTimeoutIsPositive(long millis) {
    HttpRequest request = Requests.unchecked(Duration.ofMillis(millis));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestCheck.check(request))
        .withMessage("timeout must be > 0, was " + Duration.ofMillis(millis));
  }
}
