package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyChoiceTest {
  private static final URI PLAIN = URI.create("http://h/");
  private static final URI SECURE = URI.create("https://h/");
  private static final Proxy HTTP = proxy(Proxy.Type.HTTP, "proxy.example", 3128);
  private static final Proxy SOCKS = proxy(Proxy.Type.SOCKS, "socks.example", 1080);

  @Test
  void withoutSelectorOrProxyItIsDirect() throws IOException {
    assertThat(ProxyChoice.of(null, PLAIN)).isEqualTo(ProxyChoice.DIRECT);
    assertThat(ProxyChoice.of(new Fixed(null), PLAIN)).isEqualTo(ProxyChoice.DIRECT);
    assertThat(ProxyChoice.of(new Fixed(List.of()), PLAIN)).isEqualTo(ProxyChoice.DIRECT);
    assertThat(choice(Proxy.NO_PROXY)).isEqualTo(ProxyChoice.DIRECT);
    assertThat(ProxyChoice.DIRECT.way(PLAIN)).isEqualTo(ProxyChoice.Way.DIRECT);
    assertThat(ProxyChoice.DIRECT.way(SECURE)).isEqualTo(ProxyChoice.Way.DIRECT);
    assertThatIllegalStateException()
        .isThrownBy(ProxyChoice.DIRECT::address)
        .withMessage("proxy must be there for its address, was none");
  }

  @Test
  void theFirstThatCanBeUsedIsTaken() throws IOException {
    assertThat(choice(HTTP, Proxy.NO_PROXY).proxy()).isEqualTo(HTTP.address());
    assertThat(choice(Proxy.NO_PROXY, HTTP)).isEqualTo(ProxyChoice.DIRECT);
    assertThat(choice(SOCKS, HTTP).proxy()).isEqualTo(HTTP.address());
    assertThat(choice(SOCKS, Proxy.NO_PROXY)).isEqualTo(ProxyChoice.DIRECT);
  }

  @Test
  void socksAloneIsRefused() {
    assertThatIOException()
        .isThrownBy(() -> choice(SOCKS))
        .withMessageStartingWith(
            "proxy for Origin[secure=false, host=h, port=80] must be DIRECT or HTTP, was [SOCKS");
  }

  @Test
  void theAddressIsNotResolved() throws IOException {
    assertThat(choice(HTTP).address())
        .isEqualTo(InetSocketAddress.createUnresolved("proxy.example", 3128));
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    Proxy resolved = new Proxy(Proxy.Type.HTTP, new InetSocketAddress(loopback, 1));
    assertThat(choice(resolved).address())
        .isEqualTo(InetSocketAddress.createUnresolved("127.0.0.1", 1));
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    assertThatIOException()
        .isThrownBy(() -> choice(proxy(Proxy.Type.HTTP, "h", 0)))
        .withMessageStartingWith("address of HTTP proxy must be a host and a port of 1 to 65535");
    assertThatIOException().isThrownBy(() -> choice(new Odd())).withMessageEndingWith("was odd");
  }

  @Test
  void aSelectorThatFailsIsAnIoException() {
    ProxySelector selector =
        new Fixed(List.of()) {
          @Override
          public List<Proxy> select(URI uri) {
            throw new IllegalArgumentException("no");
          }
        };
    assertThatIOException()
        .isThrownBy(() -> ProxyChoice.of(selector, PLAIN))
        .withMessage("proxy selector failed: java.lang.IllegalArgumentException: no")
        .withCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void httpIsForwardedAndHttpsTunnelled() throws IOException {
    assertThat(choice(HTTP).way(PLAIN)).isEqualTo(ProxyChoice.Way.FORWARD);
    assertThat(choice(HTTP).way(SECURE)).isEqualTo(ProxyChoice.Way.TUNNEL);
  }

  @Test
  void theSelectorIsToldOfItsOwnProxy() throws IOException {
    Fixed selector = new Fixed(List.of(HTTP));
    IOException cause = new IOException("no");
    ProxyChoice.of(selector, PLAIN).connectFailed(selector, PLAIN, cause);
    ProxyChoice.DIRECT.connectFailed(selector, PLAIN, cause);
    assertThat(selector.told).containsExactly(List.of(PLAIN, HTTP.address(), cause));
  }

  @ParameterizedTest
  @CsvSource({
    "https://u:p@h/a?b, h:443",
    "http://h, h:80",
    "https://h:8443/, h:8443",
    "https://[::1]/, [::1]:443",
    "https://[fe80::1%lo]:1/, [fe80::1]:1"
  })
  void connectNamesHostAndPort(String uri, String authority) {
    HttpRequest head = ProxyChoice.connectHead(Requests.get(uri), null, "test/1");
    assertThat(head.method().name()).isEqualTo("CONNECT");
    assertThat(head.uri()).isEqualTo(authority);
    assertThat(head.headers().get("host")).isEqualTo(authority);
    assertThat(head.headers().get("user-agent")).isEqualTo("test/1");
    assertThat(head.headers().size()).isEqualTo(2);
  }

  @Test
  void connectHasWhatIsForProxiesOnly() {
    HttpRequest head =
        ProxyChoice.connectHead(
            Requests.post(
                SECURE.toString(),
                "x",
                "Authorization",
                "secret",
                "Cookie",
                "secret",
                "Proxy-A",
                "1",
                "Proxy-A",
                "2",
                "X",
                "y"),
            "mine",
            "test/1");
    assertThat(head.headers().getAll("proxy-a")).containsExactly("1", "2");
    assertThat(head.headers().getAll("proxy-authorization")).containsExactly("mine");
    assertThat(head.headers().names())
        .containsExactlyInAnyOrder("host", "user-agent", "Proxy-A", "proxy-authorization");
  }

  @Test
  void theUsersProxyCredentialsGoFirst() {
    HttpRequest head =
        ProxyChoice.connectHead(
            Requests.get(SECURE.toString(), "Proxy-Authorization", "user"), "mine", "test/1");
    assertThat(head.headers().getAll("proxy-authorization")).containsExactly("user");
  }

  private static ProxyChoice choice(Proxy... proxies) throws IOException {
    return ProxyChoice.of(new Fixed(Arrays.asList(proxies)), PLAIN);
  }

  private static Proxy proxy(Proxy.Type type, String host, int port) {
    return new Proxy(type, InetSocketAddress.createUnresolved(host, port));
  }

  private static final class Odd extends Proxy {
    Odd() {
      super(Proxy.Type.HTTP, HTTP.address());
    }

    @Override
    public SocketAddress address() {
      return new SocketAddress() {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
          return "odd";
        }
      };
    }
  }

  private static class Fixed extends ProxySelector {
    private final List<Proxy> proxies;
    private final List<List<Object>> told = new ArrayList<>();

    Fixed(List<Proxy> proxies) {
      this.proxies = proxies;
    }

    @Override
    public List<Proxy> select(URI uri) {
      return proxies;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException cause) {
      told.add(List.of(uri, address, cause));
    }
  }
}
