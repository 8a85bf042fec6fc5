package io.fourtuple.examples.incident;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The results for machines. */
final class JsonReport {
  private JsonReport() {}

  /** One JSON document (RFC 8259), with a line feed at its end. */
  static String of(List<PhaseResult> results) {
    return results.stream()
        .map(JsonReport::phase)
        .collect(Collectors.joining(",\n", "{\"phases\":[\n", "\n]}\n"));
  }

  private static String phase(PhaseResult result) {
    return "{"
        + String.join(
            ",",
            member("name", string(result.phase().title())),
            member("capacity", result.phase().capacity()),
            member("requests", result.requests()),
            member("succeeded", result.succeeded()),
            member("refused", result.refused()),
            member("failed", result.failed()),
            member("surfaced", result.surfaced()),
            member("absorbed", result.absorbed()),
            member("opened", result.opened()),
            member("peakPorts", result.peakPorts()),
            member("elapsedMs", result.elapsedMillis()),
            member("skipped", string(result.skipped())))
        + "}";
  }

  private static String member(String name, Object value) {
    return string(name) + ":" + value;
  }

  private static String string(@Nullable String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
