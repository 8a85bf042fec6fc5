package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static GatewayConfig read(String... lines) throws Exception {
    return ConfigReader.read(new StringReader(String.join("\n", lines)));
  }

  @Test
  void oneUpstreamIsEnough() throws Exception {
    GatewayConfig config = read("upstream.shop = 10.1.0.1:80, [2001:db8::1]:8080");
    assertThat(config.listen().getPort()).isEqualTo(8080);
    assertThat(config.admin()).isNull();
    assertThat(config.tls()).isNull();
    assertThat(config.acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.portPatience()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.upstream("/any").orElseThrow().endpoints())
        .extracting(Object::toString)
        .containsExactly("10.1.0.1:80", "[2001:db8::1]:8080");
  }

  @Test
  void theExampleOfTheHelpIsRight() throws Exception {
    String example =
        ConfigReader.HELP
            .lines()
            .filter(line -> !line.startsWith("tls.") && !line.startsWith(" "))
            .map(line -> line.replaceFirst("(= [^ ,]+(?:, [^ ,]+)*).*", "$1"))
            .collect(Collectors.joining("\n"));
    GatewayConfig config = read(example);
    assertThat(config.sources()).containsExactly("10.0.0.5", "10.0.0.6");
    assertThat(config.upstream("/search/x").orElseThrow().name()).contains("search.example");
    assertThat(config.upstream("/else").orElseThrow().name()).isEqualTo("shop");
    assertThat(config.ports()).hasToString("[20000-24095]");
  }

  @Test
  void oneSubnetOfSourcesIsFollowed() throws Exception {
    GatewayConfig config = read("upstream.a = 10.0.0.1:80", "sources = 2001:db8::/64");
    assertThat(config.sources()).containsExactly("2001:db8::/64");
    assertThat(config.followsSources()).isTrue();
    assertThat(read("upstream.a = 10.0.0.1:80", "sources = 10.0.0.5").followsSources()).isFalse();
  }

  @Test
  void theTransportIsTheOneThatIsNamed() throws Exception {
    assertThat(read("upstream.a = 10.0.0.1:80", "transport = nio").transport())
        .isEqualTo(GatewayTransport.NIO);
  }

  @Test
  void withoutANameTheTransportIsTheCheapestThatIsThere() throws Exception {
    GatewayTransport standard = read("upstream.a = 10.0.0.1:80").transport();
    assertThat(standard.missing()).isNull();
    assertThat(GatewayTransport.values())
        .filteredOn(each -> each.compareTo(standard) > 0)
        .allSatisfy(each -> assertThat(each.missing()).isNotNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listen = 8080            | listen must be HOST:PORT with an address of this host, was 8080",
        "listen = x.invalid:80    | listen must be HOST:PORT with an address of this host, was x.invalid:80",
        "upstream.b = 10.0.0.1    | upstream.b must be one NAME:PORT, or IP:PORT with commas between, was 10.0.0.1",
        "upstream.b = 10.0.0.1:0  | upstream.b must be one NAME:PORT, or IP:PORT with commas between, was 10.0.0.1:0",
        "upstream.b = 1.2.3.4:1, 1.2.3.4:1 | upstream.b must be one NAME:PORT, or IP:PORT with commas between, each once, was 1.2.3.4:1, 1.2.3.4:1",
        "upstream.b = x:1, y:1    | upstream.b must be one NAME:PORT, or IP:PORT with commas between, was x:1, y:1",
        "upstream.b =             | upstream.b must be one NAME:PORT, or IP:PORT with commas between, each once, was empty",
        "route.x = a              | the path of route.x must be one that begins with /, was x",
        "route./ = c              | route./ must be one of a, was c",
        "sources = eth0           | sources must be IP addresses with commas between, or one subnet, was eth0",
        "sources = 10.0.0.0/33    | sources must be IP addresses with commas between, or one subnet, was 10.0.0.0/33",
        "sources = 10.0.0.1, 10.0.1.0/24 | sources must be IP addresses with commas between, or one subnet, was 10.0.1.0/24",
        "transport = iocp         | transport must be epoll, io_uring or nio, was iocp",
        "ports = 5-1              | ports must be ranges such as 20000-24095, commas between, was 5-1",
        "max-waiters = -1         | max-waiters must be 0 to 1000000, was -1",
        "acquire-timeout = 2      | acquire-timeout must be 1ms to 24h, such as 500ms or 30s, was 2",
        "idle-timeout = 0s        | idle-timeout must be 1ms to 24h, such as 500ms or 30s, was 0s",
        "drain-timeout = 25h      | drain-timeout must be 1ms to 24h, such as 500ms or 30s, was 25h",
        "tls.key = none.pem       | tls.certificate must be a file that can be read, was empty",
        "upstream.a = 1.2.3.4:1   | upstream.a must be there once, was there twice",
      })
  void wrongValuesAreNamed(String line, String message) {
    assertThatThrownBy(() -> read("upstream.a = 10.0.0.1:80", line))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void unknownAndMissingFieldsAreNamed() {
    assertThatThrownBy(() -> read("upstream.a = 10.0.0.1:80", "lisen = 1"))
        .hasMessageStartingWith("unknown field lisen; there are acquire-timeout, admin,");
    assertThatThrownBy(() -> read("listen = 127.0.0.1:1"))
        .hasMessage("upstream.NAME must be there at least once");
    assertThatThrownBy(() -> read("upstream.a = 10.0.0.1:80", "upstream.b = 10.0.0.1:81"))
        .hasMessage("route.PATH must be there where there are several upstreams");
  }
}
