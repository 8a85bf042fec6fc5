package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The results of {@code idle-memory}: as a table, and against the bar.
 *
 * @param connections that each was to hold
 */
record IdleMemoryReport(int connections, Holding bare, Holding pooled) {
  /** What a pooled connection may add to its channel, in bytes. */
  private static final long BAR = 200;

  private static final Set<Integer> TEXTS = Set.of(0);

  /** A row for each, and the difference. */
  String table() {
    return MarkdownTable.of(
        List.of(
            List.of("", "held", "alive", "live heap, bytes per connection"),
            row("bare Netty channels", bare),
            row("idle in the pool", pooled),
            List.of("difference", "", "", number(difference()))),
        TEXTS);
  }

  private List<String> row(String label, Holding holding) {
    return List.of(label, number(connections), number(holding.alive()), number(holding.heap()));
  }

  /** Each bar that was missed, in words. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    if (difference() > BAR) {
      missed.add(
          "an idle connection weighs "
              + difference()
              + " bytes beyond its channel, at most "
              + BAR
              + " are promised");
    }
    if (pooled.alive() != connections) {
      missed.add("alive are " + pooled.alive() + " of " + connections + " pooled connections");
    }
    return missed;
  }

  private long difference() {
    return pooled.heap() - bare.heap();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
