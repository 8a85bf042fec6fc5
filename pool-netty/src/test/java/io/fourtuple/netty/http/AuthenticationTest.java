package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fourtuple.netty.http.Authentication.Question;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
  private static final InetSocketAddress PROXY = InetSocketAddress.createUnresolved("proxy", 3128);
  private static final CheckedRequest REQUEST = Requests.get("http://h:81/a/b?q");
  private static final HttpHeaders CHALLENGE =
      Requests.headers("WWW-Authenticate", "Digest realm=x, Basic realm=\"the realm\"");
  private static final HttpHeaders PROXY_CHALLENGE =
      Requests.headers("Proxy-Authenticate", "basic realm=p, charset=\"UTF-8\"");
  private static final HttpHeaders NOTHING = Requests.headers();

  private final CredentialCache cache = new CredentialCache();
  private final Asked asked = new Asked();
  private final Authentication authentication = new Authentication(asked, cache);

  @Test
  void aChallengeIsAnsweredAndTheAnswerRemembered() throws IOException {
    assertThat(authentication.authorization(REQUEST)).isNull();
    Question question = authentication.onResponse(REQUEST, null, 401, CHALLENGE);
    assertThat(asked.calls).isEmpty(); // until the question is asked
    question.ask();
    assertThat(asked.calls).containsExactly("SERVER http://h:81 basic the realm http://h:81/a/b?q");
    assertThat(authentication.authorization(REQUEST)).isEqualTo(basic("user:secret1"));
    assertThat(cache.find(REQUEST.uri())).isNull(); // not known to be right
    assertThat(authentication.onResponse(REQUEST, null, 404, NOTHING)).isNull();
    Authentication next = new Authentication(asked, cache);
    assertThat(next.authorization(Requests.get("http://h:81/a/c")))
        .isEqualTo(basic("user:secret1"));
    assertThat(next.authorization(Requests.get("http://h:81/c"))).isNull();
    assertThat(next.authorization(Requests.get("http://h/a/c"))).isNull();
    assertThat(asked.calls).hasSize(1);
  }

  @Test
  void aProxyIsAnsweredToo() throws IOException {
    assertThat(authentication.proxyAuthorization(REQUEST, PROXY)).isNull();
    authentication.onResponse(REQUEST, PROXY, 407, PROXY_CHALLENGE).ask();
    assertThat(asked.calls).containsExactly("PROXY http://proxy:3128 basic p http://h:81/a/b?q");
    assertThat(authentication.proxyAuthorization(REQUEST, PROXY)).isEqualTo(basic("user:secret1"));
    assertThat(authentication.authorization(REQUEST)).isNull();
    authentication.onResponse(REQUEST, PROXY, 200, NOTHING);
    Authentication next = new Authentication(asked, cache);
    assertThat(next.proxyAuthorization(Requests.get("https://g/"), PROXY))
        .isEqualTo(basic("user:secret1"));
  }

  @Test
  void proxyAndServerMayBothAsk() throws IOException {
    authentication.onResponse(REQUEST, PROXY, 407, PROXY_CHALLENGE).ask();
    assertThat(authentication.proxyAuthorization(REQUEST, PROXY)).isEqualTo(basic("user:secret1"));
    authentication.onResponse(REQUEST, PROXY, 401, CHALLENGE).ask();
    assertThat(authentication.proxyAuthorization(REQUEST, PROXY)).isEqualTo(basic("user:secret1"));
    assertThat(authentication.authorization(REQUEST)).isEqualTo(basic("user:secret2"));
    authentication.onResponse(REQUEST, PROXY, 407, PROXY_CHALLENGE).ask(); // has changed its mind
    assertThat(authentication.authorization(REQUEST)).isEqualTo(basic("user:secret2"));
    assertThat(authentication.proxyAuthorization(REQUEST, PROXY)).isEqualTo(basic("user:secret3"));
    assertThat(authentication.onResponse(REQUEST, PROXY, 200, NOTHING)).isNull();
    assertThat(cache.find(PROXY).header()).isEqualTo(basic("user:secret3"));
    assertThat(cache.find(REQUEST.uri()).header()).isEqualTo(basic("user:secret2"));
  }

  @Test
  void aTunnelDoesNotSpeakForTheServer() throws IOException {
    CheckedRequest request = Requests.get("https://h/");
    authentication.onResponse(request, PROXY, 407, PROXY_CHALLENGE).ask();
    authentication.onResponse(request, null, 401, CHALLENGE).ask();
    assertThat(cache.find(PROXY)).isNull();
    authentication.proxyAccepted(PROXY);
    assertThat(cache.find(PROXY).header()).isEqualTo(basic("user:secret1"));
    assertThat(cache.find(request.uri())).isNull();
    assertThat(authentication.authorization(request)).isEqualTo(basic("user:secret2"));
    authentication.proxyAccepted(InetSocketAddress.createUnresolved("other", 1));
    assertThat(cache.find(InetSocketAddress.createUnresolved("other", 1))).isNull();
  }

  @Test
  void aServerThatSpeaksLikeAProxyIsNotBelieved() throws IOException {
    assertThat(authentication.onResponse(REQUEST, null, 407, PROXY_CHALLENGE)).isNull();
  }

  @Test
  void wrongAnswersAreReplacedThreeTimes() throws IOException {
    for (int i = 0; i <= Authentication.MAX_RETRIES; i++) {
      authentication.authorization(REQUEST);
      authentication.onResponse(REQUEST, null, 401, CHALLENGE).ask();
    }
    assertThat(authentication.authorization(REQUEST)).isEqualTo(basic("user:secret4"));
    assertThatIOException()
        .isThrownBy(() -> authentication.onResponse(REQUEST, null, 401, CHALLENGE))
        .withMessage("too many authentication attempts: still refused after 3 retries");
    assertThat(asked.calls).hasSize(4);
    assertThat(cache.find(REQUEST.uri())).isNull();
  }

  @Test
  void whatWasRememberedCountsAsTheFirst() throws IOException {
    cache.store(REQUEST.uri(), "old");
    assertThat(authentication.authorization(REQUEST)).isEqualTo("old");
    for (int i = 0; i < Authentication.MAX_RETRIES; i++) {
      authentication.onResponse(REQUEST, null, 401, CHALLENGE).ask();
      authentication.authorization(REQUEST);
    }
    assertThatIOException()
        .isThrownBy(() -> authentication.onResponse(REQUEST, null, 401, CHALLENGE));
    assertThat(asked.calls).hasSize(3);
  }

  @Test
  void wrongOnesAreForgotten() throws IOException {
    cache.store(REQUEST.uri(), "old");
    cache.store(PROXY, "old");
    authentication.authorization(REQUEST);
    authentication.proxyAuthorization(REQUEST, PROXY);
    authentication.onResponse(REQUEST, PROXY, 407, PROXY_CHALLENGE);
    assertThat(cache.find(PROXY)).isNull();
    assertThat(cache.find(REQUEST.uri())).isNotNull();
    authentication.onResponse(REQUEST, PROXY, 401, CHALLENGE);
    assertThat(cache.find(REQUEST.uri())).isNull();
  }

  @Test
  void anAnswerIsForTheRequestThatWasChallenged() throws IOException {
    authentication.onResponse(REQUEST, null, 401, CHALLENGE).ask();
    CheckedRequest redirected = Requests.get("http://evil/a/b?q");
    assertThat(authentication.authorization(redirected)).isNull();
    authentication.onResponse(redirected, null, 200, NOTHING);
    assertThat(cache.find(redirected.uri())).isNull();
    assertThat(authentication.authorization(REQUEST)).isNull(); // it was never seen to be right
  }

  @Test
  void theLimitIsForTheWholeExchange() throws IOException {
    for (int i = 0; i <= Authentication.MAX_RETRIES; i++) {
      CheckedRequest redirected = Requests.get("http://h" + i + "/");
      authentication.authorization(redirected);
      authentication.onResponse(redirected, null, 401, CHALLENGE).ask();
    }
    assertThatIOException()
        .isThrownBy(() -> authentication.onResponse(REQUEST, null, 401, CHALLENGE));
  }

  @Test
  void whatTheUserSetIsTheUsersBusiness() throws IOException {
    cache.store(REQUEST.uri(), "old");
    cache.store(PROXY, "old");
    CheckedRequest own =
        Requests.get(REQUEST.uri().toString(), "Authorization", "x", "Proxy-Authorization", "y");
    assertThat(authentication.authorization(own)).isNull();
    assertThat(authentication.proxyAuthorization(own, PROXY)).isNull();
    assertThat(authentication.onResponse(own, PROXY, 401, NOTHING)).isNull();
    assertThat(authentication.onResponse(own, PROXY, 407, NOTHING)).isNull();
    assertThat(cache.find(PROXY)).isNotNull();
  }

  @Test
  void withoutAuthenticatorAllIsTheUsersBusiness() throws IOException {
    cache.store(REQUEST.uri(), "old");
    Authentication none = new Authentication(null, cache);
    assertThat(none.authorization(REQUEST)).isNull();
    assertThat(none.proxyAuthorization(REQUEST, PROXY)).isNull();
    assertThat(none.onResponse(REQUEST, PROXY, 401, NOTHING)).isNull();
    assertThat(none.onResponse(REQUEST, PROXY, 407, NOTHING)).isNull();
  }

  @Test
  void otherSchemesAreTheUsersBusiness() throws IOException {
    HttpHeaders digest = Requests.headers("WWW-Authenticate", "Digest realm=\"Basic\"");
    assertThat(authentication.onResponse(REQUEST, null, 401, digest)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"401, WWW-Authenticate", "407, Proxy-Authenticate"})
  void aChallengeHasToBeThere(int status, String name) {
    assertThatIOException()
        .isThrownBy(() -> authentication.onResponse(REQUEST, PROXY, status, NOTHING))
        .withMessage("response %d must have a %s, had none", status, name);
  }

  @Test
  void noAnswerIsAnError() throws IOException {
    asked.name = null;
    Question question = authentication.onResponse(REQUEST, null, 401, CHALLENGE);
    assertThatIOException().isThrownBy(question::ask).withMessage("no credentials provided for h");
    asked.name = "a:b";
    assertThatIOException()
        .isThrownBy(question::ask)
        .withMessage(
            "user name for Basic authentication must be there and have no colon, was one with a"
                + " colon");
  }

  @Test
  void anAuthenticatorThatFailsIsAnIoException() throws IOException {
    Authenticator failing =
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            throw new IllegalStateException("no");
          }
        };
    Question question =
        new Authentication(failing, cache).onResponse(REQUEST, null, 401, CHALLENGE);
    assertThatIOException()
        .isThrownBy(question::ask)
        .withMessage("authenticator failed: java.lang.IllegalStateException: no")
        .withCauseInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "Aladdin, open sesame, false, QWxhZGRpbjpvcGVuIHNlc2FtZQ==", // RFC 7617, 2
    "test, 123\u00a3, true, dGVzdDoxMjPCow==", // RFC 7617, 2.1
    "test, 123\u00a3, false, dGVzdDoxMjOj",
    "test, 123\u20ac, false, dGVzdDoxMjPigqw=",
    "'', '', true, Og==",
    "a, b:c, true, YTpiOmM="
  })
  void namesAndPasswordsAreEncoded(String name, String password, boolean utf8, String encoded)
      throws IOException {
    PasswordAuthentication pair = new PasswordAuthentication(name, password.toCharArray());
    assertThat(Authentication.basic(pair, utf8)).isEqualTo("Basic " + encoded);
  }

  private static String basic(String pair) {
    return "Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Gives another password each time. */
  private static final class Asked extends Authenticator {
    private final List<String> calls = new ArrayList<>();
    private String name = "user";

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      calls.add(
          String.format(
              "%s %s://%s:%d %s %s %s",
              getRequestorType(),
              getRequestingProtocol(),
              getRequestingHost(),
              getRequestingPort(),
              getRequestingScheme(),
              getRequestingPrompt(),
              getRequestingURL()));
      return name == null
          ? null
          : new PasswordAuthentication(name, ("secret" + calls.size()).toCharArray());
    }
  }
}
