package io.fourtuple.examples.gateway;

import io.fourtuple.examples.gateway.GatewayConfig.Route;
import io.fourtuple.examples.gateway.GatewayConfig.Tls;
import io.fourtuple.host.HostPorts;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the configuration, a file of Java properties, and checks every value before it is used. */
final class ConfigReader {
  /** What may be in the file, with an example. */
  static final String HELP =
      """
      listen           = 0.0.0.0:8080              where clients connect
      admin            = 127.0.0.1:9090            /ports and /metrics; none by default
      transport        = epoll                     or io_uring, or nio; by default io_uring where this host
                                                   lets us, else epoll, else nio
      tls.certificate  = chain.pem                 with tls.key: clients use TLS, and HTTP/2 by ALPN
      tls.key          = key.pem
      sources          = 10.0.0.5, 10.0.0.6        addresses to connect from; the kernel's choice by default;
                                                   or one subnet, 10.0.0.0/24: what is there of it, now and later
      ports            = 20000-24095               ports of our own to connect from; the host's by default
      upstream.shop    = 10.1.0.1:80, 10.1.0.2:80  addresses of one upstream
      upstream.search  = search.example:80         or a name, with all its addresses
      route./          = shop                      the longest path wins
      route./search/   = search
      max-waiters      = 10000                     requests that may wait for one upstream
      acquire-timeout  = 2s                        how long they do; 503 then
      port-patience    = 250ms                     but no longer for a port while none comes free; 503 then
      response-timeout = 30s                       until an upstream answers, and between parts; 504 then
      idle-timeout     = 60s                       of connections on both sides
      drain-timeout    = 30s                       for requests under way at SIGTERM
      max-request-head = 16384                     bytes; 431 above
      """;

  private static final List<String> FIELDS =
      HELP.lines()
          .filter(line -> !line.startsWith(" "))
          .map(line -> line.substring(0, line.indexOf(' ')))
          .filter(field -> !field.startsWith("upstream.") && !field.startsWith("route."))
          .toList();
  private static final String UPSTREAM = "upstream.";
  private static final String ROUTE = "route.";
  private static final Pattern ADDRESS = Pattern.compile("(\\[[^]]+]|[^:\\[\\]\\s]+):(\\d{1,5})");
  private static final Pattern IP = Pattern.compile("[0-9.]+|[^/]*:[^/]*");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Duration LONGEST = Duration.ofHours(24);

  private final Map<String, String> values = new TreeMap<>();

  private ConfigReader() {}

  /**
   * Reads a file.
   *
   * @throws ConfigException where a field is unknown, missing or wrong
   */
  static GatewayConfig read(Path file) throws IOException, ConfigException {
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return read(reader);
    }
  }

  static GatewayConfig read(Reader text) throws IOException, ConfigException {
    ConfigReader reader = new ConfigReader();
    Properties once = new Once();
    try {
      once.load(text);
    } catch (IllegalArgumentException e) { // a field that is there twice, or a broken escape
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
    once.forEach((field, value) -> reader.values.put((String) field, ((String) value).strip()));
    return reader.config();
  }

  /** The last of two lines would win without a word. */
  private static final class Once extends Properties {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized @Nullable Object put(Object field, Object value) {
      if (super.put(field, value) != null) {
        throw new IllegalArgumentException(field + " must be there once, was there twice");
      }
      return null;
    }
  }

  private GatewayConfig config() throws ConfigException {
    checkNames();
    Map<String, Destination> upstreams = upstreams();
    String admin = values.get("admin");
    return new GatewayConfig(
        address("listen", values.getOrDefault("listen", "0.0.0.0:8080")),
        admin == null ? null : address("admin", admin),
        transport(),
        tls(),
        sources(),
        ports(),
        routes(upstreams),
        number("max-waiters", 10_000, 0, 1_000_000),
        duration("acquire-timeout", Duration.ofSeconds(2)),
        duration("port-patience", Duration.ofMillis(250)),
        duration("response-timeout", Duration.ofSeconds(30)),
        duration("idle-timeout", Duration.ofSeconds(60)),
        duration("drain-timeout", Duration.ofSeconds(30)),
        number("max-request-head", 16_384, 1_024, 1 << 20));
  }

  private void checkNames() throws ConfigException {
    for (String field : values.keySet()) {
      if (!FIELDS.contains(field) && !field.startsWith(UPSTREAM) && !field.startsWith(ROUTE)) {
        throw new ConfigException(
            "unknown field "
                + field
                + "; there are "
                + String.join(", ", new TreeSet<>(FIELDS))
                + ", upstream.NAME and route.PATH");
      }
    }
  }

  private Map<String, Destination> upstreams() throws ConfigException {
    Map<String, Destination> upstreams = new TreeMap<>();
    for (Map.Entry<String, String> field : fields(UPSTREAM).entrySet()) {
      upstreams.put(
          field.getKey().substring(UPSTREAM.length()),
          upstream(field.getKey(), list(field.getValue())));
    }
    if (upstreams.isEmpty()) {
      throw new ConfigException("upstream.NAME must be there at least once");
    }
    return upstreams;
  }

  private static Destination upstream(String field, List<String> addresses) throws ConfigException {
    String rule = "one NAME:PORT, or IP:PORT with commas between";
    List<Endpoint> endpoints = new ArrayList<>();
    for (String address : addresses) {
      Matcher parts = ADDRESS.matcher(address);
      if (!parts.matches() || !isPort(parts.group(2))) {
        throw new ConfigException(field, rule, address);
      }
      String host = parts.group(1).replaceAll("[\\[\\]]", "");
      int port = Integer.parseInt(parts.group(2));
      try {
        if (!IP.matcher(host).matches()) {
          if (addresses.size() > 1) {
            throw new ConfigException(field, rule, String.join(", ", addresses));
          }
          return Destination.named(host, port);
        }
        endpoints.add(Endpoint.of(host, port));
      } catch (IllegalArgumentException e) {
        throw new ConfigException(field, rule, address);
      }
    }
    if (endpoints.isEmpty() || endpoints.stream().distinct().count() < endpoints.size()) {
      throw new ConfigException(field, rule + ", each once", String.join(", ", addresses));
    }
    return new Destination(field.substring(UPSTREAM.length()), endpoints);
  }

  private List<Route> routes(Map<String, Destination> upstreams) throws ConfigException {
    List<Route> routes = new ArrayList<>();
    for (Map.Entry<String, String> field : fields(ROUTE).entrySet()) {
      String path = field.getKey().substring(ROUTE.length());
      Destination upstream = upstreams.get(field.getValue());
      if (!path.startsWith("/")) {
        throw new ConfigException("the path of " + field.getKey(), "one that begins with /", path);
      }
      if (upstream == null) {
        String known = String.join(", ", upstreams.keySet());
        throw new ConfigException(field.getKey(), "one of " + known, field.getValue());
      }
      routes.add(new Route(path, upstream));
    }
    if (routes.isEmpty() && upstreams.size() == 1) {
      routes.add(new Route("/", upstreams.values().iterator().next()));
    }
    if (routes.isEmpty()) {
      throw new ConfigException("route.PATH must be there where there are several upstreams");
    }
    return routes;
  }

  private GatewayTransport transport() throws ConfigException {
    String value = values.get("transport");
    if (value == null) {
      return GatewayTransport.standard();
    }
    for (GatewayTransport each : GatewayTransport.values()) {
      if (each.field().equals(value)) {
        Throwable missing = each.missing();
        if (missing == null) {
          return each;
        }
        throw new ConfigException("transport", "one that this host has (" + missing + ")", value);
      }
    }
    throw new ConfigException("transport", "epoll, io_uring or nio", value);
  }

  private @Nullable Tls tls() throws ConfigException {
    String certificate = values.get("tls.certificate");
    String key = values.get("tls.key");
    if (certificate == null && key == null) {
      return null;
    }
    return new Tls(file("tls.certificate", certificate), file("tls.key", key));
  }

  private static Path file(String field, @Nullable String name) throws ConfigException {
    if (name == null || !Files.isReadable(Path.of(name))) {
      throw new ConfigException(field, "a file that can be read", name == null ? "" : name);
    }
    return Path.of(name);
  }

  private List<String> sources() throws ConfigException {
    List<String> sources = list(values.getOrDefault("sources", ""));
    for (String source : sources) {
      if (!IP.matcher(source).matches() && !(sources.size() == 1 && isSubnet(source))) {
        throw new ConfigException(
            "sources", "IP addresses with commas between, or one subnet", source);
      }
    }
    return sources;
  }

  private static boolean isSubnet(String text) {
    try {
      HostPorts.builder().sourcesIn(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<PortRange> ports() throws ConfigException {
    List<PortRange> ranges = new ArrayList<>();
    for (String range : list(values.getOrDefault("ports", ""))) {
      try {
        ranges.add(PortRange.parse(range));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("ports", "ranges such as 20000-24095, commas between", range);
      }
    }
    return ranges;
  }

  private Map<String, String> fields(String prefix) {
    return values.entrySet().stream()
        .filter(field -> field.getKey().startsWith(prefix))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, TreeMap::new));
  }

  private static List<String> list(String value) {
    return Arrays.stream(value.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static InetSocketAddress address(String field, String value) throws ConfigException {
    Matcher parts = ADDRESS.matcher(value);
    if (parts.matches() && (isPort(parts.group(2)) || parts.group(2).equals("0"))) {
      InetSocketAddress address =
          new InetSocketAddress(
              parts.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(parts.group(2)));
      if (!address.isUnresolved()) {
        return address;
      }
    }
    throw new ConfigException(field, "HOST:PORT with an address of this host", value);
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port >= 1 && port <= 65_535;
  }

  private int number(String field, int standard, int least, int most) throws ConfigException {
    String value = values.getOrDefault(field, String.valueOf(standard));
    if (value.matches("\\d{1,9}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new ConfigException(field, least + " to " + most, value);
  }

  private Duration duration(String field, Duration standard) throws ConfigException {
    String value = values.get(field);
    if (value == null) {
      return standard;
    }
    Matcher parts = DURATION.matcher(value);
    if (parts.matches()) {
      long number = Long.parseLong(parts.group(1));
      Duration duration =
          switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
          };
      if (!duration.isZero() && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    }
    throw new ConfigException(field, "1ms to 24h, such as 500ms or 30s", value);
  }
}
