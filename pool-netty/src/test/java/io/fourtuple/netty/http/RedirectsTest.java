package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectsTest {
  @ParameterizedTest
  @CsvSource({
    "301, GET, GET, true",
    "301, POST, GET, false",
    "301, PUT, PUT, true",
    "301, HEAD, HEAD, true",
    "302, GET, GET, true",
    "302, POST, GET, false",
    "302, PUT, PUT, true",
    "302, X, X, true",
    "303, GET, GET, false",
    "303, POST, GET, false",
    "303, PUT, GET, false",
    "303, HEAD, HEAD, false",
    "307, POST, POST, true",
    "307, GET, GET, true",
    "308, POST, POST, true",
    "308, DELETE, DELETE, true"
  })
  void theStatusSaysWhatToSend(int status, String method, String next, boolean body)
      throws ProtocolException {
    CheckedRequest request = Requests.of(method, "http://h/a");
    CheckedRequest redirected = follow(request, status, "/b");
    assertThat(redirected.method()).isEqualTo(next);
    assertThat(redirected.uri()).isEqualTo(URI.create("http://h/b"));
    assertThat(redirected.body()).isSameAs(body ? request.body() : null);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 300, 304, 305, 306, 309, 400, 401})
  void otherResponsesAreTheResult(int status) throws ProtocolException {
    assertThat(next(Requests.get("http://h/"), status, "/b", Redirect.ALWAYS, 1)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "NEVER, http://h/, http://h/b, false",
    "NORMAL, http://h/, http://h/b, true",
    "NORMAL, http://h/, https://h/b, true",
    "NORMAL, https://h/, https://h/b, true",
    "NORMAL, https://h/, HTTP://h/b, false",
    "NORMAL, HTTPS://h/, //h/b, true",
    "ALWAYS, https://h/, http://h/b, true",
    "ALWAYS, http://h/, ftp://h/b, false",
    "NORMAL, http://h/, app:done, false"
  })
  void thePolicySaysWhereto(Redirect policy, String from, String to, boolean followed)
      throws ProtocolException {
    CheckedRequest next = next(Requests.get(from), 302, to, policy, 1);
    assertThat(next != null).isEqualTo(followed);
  }

  @Test
  void theResponseAfterTheLastRequestIsTheResult() throws ProtocolException {
    CheckedRequest request = Requests.get("http://h/");
    assertThat(next(request, 302, "/b", Redirect.ALWAYS, Redirects.MAX_REQUESTS - 1)).isNotNull();
    assertThat(next(request, 302, "/b", Redirect.ALWAYS, Redirects.MAX_REQUESTS)).isNull();
  }

  @Test
  void aResponseWithoutLocationIsAnError() {
    CheckedRequest request = Requests.get("http://h/");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> Redirects.next(request, 307, Requests.headers(), Redirect.NORMAL, 1))
        .withMessage("response 307 must have a Location, had none");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:x y/, 'must be a URI reference, was \"http://h:x y/\"'",
    "/a%, 'must be a URI reference, was \"/a%\"'",
    "/a\u00c3 b, 'must be a URI reference, was \"/a\\u00C3 b\"'",
    "http://\u00e4/, 'must be fit for a request: URI must have a host made of ASCII letters,"
        + " digits, hyphens and dots, was http://%E4/'",
    "http:///a, 'must be fit for a request: URI must have a host made of ASCII letters, digits,"
        + " hyphens and dots, was http:///a'",
    "http:a, 'must be fit for a request: URI must have a host made of ASCII letters, digits,"
        + " hyphens and dots, was http:a'",
    "https://h:0/, 'must be fit for a request: port of URI must be 1 to 65535, was 0'"
  })
  void aLocationThatIsNoneIsAnError(String location, String text) {
    CheckedRequest request = Requests.get("http://h/");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> next(request, 301, location, Redirect.ALWAYS, 1))
        .withMessage("Location of response 301 " + text);
  }

  /** As octets of UTF-8, which arrive as Latin-1. */
  @Test
  void aLocationMayHaveOctetsThatAreNotEscaped() throws ProtocolException {
    CheckedRequest next = follow(Requests.get("http://h/"), 302, "/\u00c3\u0080?\u00c3\u00a9");
    assertThat(next.uri()).hasToString("http://h/%C3%80?%C3%A9");
  }

  /** RFC 3986, 5.4, as far as it can occur. */
  @ParameterizedTest
  @CsvSource({
    "g, http://a/b/c/g",
    "./g, http://a/b/c/g",
    "g/, http://a/b/c/g/",
    "/g, http://a/g",
    "//g, http://g",
    "//g/x?y, http://g/x?y",
    "?y, http://a/b/c/d;p?y",
    "g?y, http://a/b/c/g?y",
    "#s, http://a/b/c/d;p?q#s",
    "g?y#s, http://a/b/c/g?y#s",
    ";x, http://a/b/c/;x",
    "'', http://a/b/c/d;p?q",
    "., http://a/b/c/",
    "./, http://a/b/c/",
    ".., http://a/b/",
    "../g, http://a/b/g",
    "../.., http://a/",
    "../../g, http://a/g",
    "../../../g, http://a/g",
    "g/./h, http://a/b/c/g/h",
    "g/../h, http://a/b/c/h",
    "g?y/../x, http://a/b/c/g?y/../x",
    "..g, http://a/b/c/..g",
    "https://x/../y, https://x/../y",
    "g//h, http://a/b/c/g//h"
  })
  void aLocationMayBeRelative(String reference, String target) throws URISyntaxException {
    URI base = URI.create("http://a/b/c/d;p?q");
    assertThat(Redirects.resolve(base, new URI(reference))).hasToString(target);
  }

  @ParameterizedTest
  @CsvSource({"g, http://a/g", "?y, http://a?y", "../g, http://a/g", "'', http://a?q"})
  void theBaseMayHaveNoPath(String reference, String target) throws URISyntaxException {
    URI base = URI.create("http://a?q");
    assertThat(Redirects.resolve(base, new URI(reference))).hasToString(target);
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/b, true",
    "http://H:80/b, true",
    "http://h:81/b, false",
    "https://h/b, false",
    "http://h.evil/b, false",
    "http://h@evil/b, false"
  })
  void secretsStayAtTheirOrigin(String location, boolean kept) throws ProtocolException {
    CheckedRequest request =
        Requests.get(
            "http://h/",
            "Authorization",
            "a",
            "cookie",
            "b",
            "Proxy-Authorization",
            "c",
            "Referer",
            "d",
            "Origin",
            "e",
            "X-Other",
            "f");
    CheckedRequest next = follow(request, 302, location);
    if (kept) {
      assertThat(next.headers()).isSameAs(request.headers());
    } else {
      assertThat(next.headers().map()).containsOnlyKeys("X-Other");
    }
  }

  @Test
  void theHostThatTheUserSetStaysAtItsOrigin() throws ProtocolException {
    CheckedRequest request = Requests.get("http://h/");
    CheckedRequest restricted =
        new CheckedRequest("GET", request.uri(), Requests.headers("Host", "x"), request);
    assertThat(follow(restricted, 302, "/b").has(FieldKind.HOST)).isTrue();
    assertThat(follow(restricted, 302, "http://g/").has(FieldKind.HOST)).isFalse();
  }

  @Test
  void whatDescribesTheBodyGoesWithIt() throws ProtocolException {
    CheckedRequest request =
        Requests.post(
            "http://h/",
            "{}",
            "Content-Type",
            "application/json",
            "Content-Encoding",
            "x",
            "Transfer-Encoding",
            "chunked",
            "Accept",
            "y");
    assertThat(follow(request, 302, "/b").headers().map()).containsOnlyKeys("Accept");
    assertThat(follow(request, 307, "/b").headers()).isSameAs(request.headers());
  }

  @Test
  void theRestIsKept() throws ProtocolException {
    CheckedRequest request =
        RequestCheck.check(
            HttpRequest.newBuilder(URI.create("http://h/"))
                .timeout(Duration.ofSeconds(7))
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .build());
    CheckedRequest next = follow(request, 303, "http://g/");
    assertThat(next.timeout()).isEqualTo(request.timeout());
    assertThat(next.version()).isEqualTo(request.version());
  }

  private static CheckedRequest follow(CheckedRequest request, int status, String location)
      throws ProtocolException {
    return Objects.requireNonNull(next(request, status, location, Redirect.ALWAYS, 1));
  }

  private static CheckedRequest next(
      CheckedRequest request, int status, String location, Redirect policy, int requests)
      throws ProtocolException {
    return Redirects.next(
        request, status, Requests.headers("location", location), policy, requests);
  }
}
