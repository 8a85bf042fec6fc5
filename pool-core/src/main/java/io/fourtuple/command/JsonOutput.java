package io.fourtuple.command;

import io.fourtuple.port.PortRange;
import java.util.stream.Collectors;

/** One JSON document. */
final class JsonOutput {
  private JsonOutput() {}

  static String of(Stock stock, Options options) {
    PortRange range = stock.network().limits().ephemeral();
    return """
        {
          "status": "%s",
          "os": %s,
          "kernel": %s,
          "range": {"first": %d, "last": %d},
          "assumed": [%s],
          "capacity": %d,
          "sockets": %d,
          "damagedLines": %d,
          "routeCount": %d,
          "routes": [
        %s
          ]
        }
        """
        .formatted(
            ExitCode.of(stock.percent(), options),
            quoted(stock.network().osName()),
            quoted(stock.network().kernelRelease()),
            range.first(),
            range.last(),
            stock.network().assumed().stream()
                .map(JsonOutput::quoted)
                .collect(Collectors.joining(", ")),
            stock.capacity(),
            stock.sockets(),
            stock.damagedLines(),
            stock.routes().size(),
            stock.routes().stream()
                .limit(options.top())
                .map(JsonOutput::route)
                .collect(Collectors.joining(",\n")));
  }

  private static String route(RouteUsage route) {
    return ("    {\"source\": %s, \"destination\": %s, \"port\": %d, \"inUse\": %d, \"timeWait\": %d,"
            + " \"free\": %d, \"capacity\": %d, \"outside\": %d, \"percent\": %d}")
        .formatted(
            quoted(route.source().getHostAddress()),
            quoted(route.destination().address().getHostAddress()),
            route.destination().port(),
            route.inUse(),
            route.timeWait(),
            route.free(),
            route.capacity(),
            route.outside(),
            route.percent());
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < 0x20) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
