package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CookiesTest {
  private static final CheckedRequest REQUEST = Requests.get("https://h.example/a/b", "X-A", "1");

  @Test
  void theJdksManagerStoresAndGives() throws IOException {
    CookieManager manager = new CookieManager();
    Cookies.store(
        manager,
        REQUEST.uri(),
        Requests.headers("Set-Cookie", "a=1; Path=/", "Set-Cookie", "b=2; Path=/"));
    assertThat(Cookies.forRequest(manager, REQUEST)).containsExactlyInAnyOrder("a=1", "b=2");
    assertThat(Cookies.forRequest(manager, Requests.get("https://other/"))).isEmpty();
  }

  @Test
  void theHandlerSeesUriAndHeaders() throws IOException {
    AtomicReference<List<Object>> seen = new AtomicReference<>();
    CookieHandler handler =
        new Handler(Map.of()) {
          @Override
          public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
            seen.set(List.of(uri, headers));
            return super.get(uri, headers);
          }
        };
    assertThat(Cookies.forRequest(handler, REQUEST)).isEmpty();
    assertThat(seen.get()).containsExactly(REQUEST.uri(), REQUEST.headers().map());
  }

  @Test
  void whatCannotBeSentIsLeftOut() throws IOException {
    Map<String, List<String>> fields = new TreeMap<>();
    fields.put("COOKIE", Arrays.asList("a=1", "b=\r\nX: y", null, "", "c=\u0100", "d=2"));
    fields.put("Cookie2", List.of("$Version=1"));
    fields.put("Authorization", List.of("x"));
    fields.put("Cookie", null);
    assertThat(Cookies.forRequest(new Handler(fields), REQUEST)).containsExactly("a=1", "d=2");
  }

  @Test
  void noAnswerIsNoCookie() throws IOException {
    assertThat(Cookies.forRequest(new Handler(null), REQUEST)).isEmpty();
  }

  @Test
  void aHandlerThatFailsIsAnIoException() {
    CookieHandler handler =
        new Handler(Map.of()) {
          @Override
          public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
            throw new IllegalStateException("no");
          }

          @Override
          public void put(URI uri, Map<String, List<String>> headers) {
            throw new IllegalStateException("no");
          }
        };
    assertThatIOException()
        .isThrownBy(() -> Cookies.forRequest(handler, REQUEST))
        .withMessage("cookie handler failed at get: java.lang.IllegalStateException: no")
        .withCauseInstanceOf(IllegalStateException.class);
    assertThatIOException()
        .isThrownBy(() -> Cookies.store(handler, REQUEST.uri(), Requests.headers()))
        .withMessage("cookie handler failed at put: java.lang.IllegalStateException: no");
  }

  @Test
  void itsOwnIoExceptionsPass() {
    CookieHandler handler =
        new Handler(Map.of()) {
          @Override
          public void put(URI uri, Map<String, List<String>> headers) throws IOException {
            throw new Disk();
          }
        };
    assertThatExceptionOfType(Disk.class)
        .isThrownBy(() -> Cookies.store(handler, REQUEST.uri(), Requests.headers()));
  }

  private static final class Disk extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static class Handler extends CookieHandler {
    private final Map<String, List<String>> fields;

    Handler(Map<String, List<String>> fields) {
      this.fields = fields;
    }

    @Override
    public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
      return fields;
    }

    @Override
    public void put(URI uri, Map<String, List<String>> headers) throws IOException {}
  }
}
