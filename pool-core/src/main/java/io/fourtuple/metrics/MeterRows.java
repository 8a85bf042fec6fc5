package io.fourtuple.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Meters of things that come and go: a row for each, up to a maximum, so that thousands of
 * destinations do not make tens of thousands of series. Those beyond it are summed in one row. A
 * row that is there stays while its thing does. Thread-safe.
 *
 * @param <T> of the things
 */
final class MeterRows<T> {
  private final MeterRegistry registry;
  private final int most;
  private final Tags otherTags;
  private final List<Column<T>> columns;
  private final Supplier<Map<Tags, List<T>>> present;

  // Guarded by this.
  private final Map<Tags, List<Meter>> rows = new HashMap<>();
  private List<Meter> others = List.of();

  /** Those with a row of their own, as of the last {@link #refresh}. */
  private volatile Set<Tags> shown = Set.of();

  /**
   * @param otherTags of the row of the others
   * @param present what there is, by the tags of its row; asked for each figure, so it must be fast
   */
  MeterRows(
      MeterRegistry registry,
      int most,
      Tags otherTags,
      List<Column<T>> columns,
      Supplier<Map<Tags, List<T>>> present) {
    this.registry = registry;
    this.most = most;
    this.otherTags = otherTags;
    this.columns = columns;
    this.present = present;
  }

  /** Adds rows for what is new, and removes those of what is gone. */
  synchronized void refresh() {
    Set<Tags> now = present.get().keySet();
    rows.entrySet()
        .removeIf(
            row -> {
              boolean isGone = !now.contains(row.getKey());
              if (isGone) {
                remove(row.getValue());
              }
              return isGone;
            });
    for (Tags tags : now) {
      if (rows.size() < most && !rows.containsKey(tags)) {
        rows.put(tags, register(tags, () -> present.get().get(tags)));
      }
    }
    shown = Set.copyOf(new HashSet<>(rows.keySet()));
    boolean hasOthers = now.size() > rows.size();
    if (hasOthers && others.isEmpty()) {
      others = register(otherTags, this::notShown);
    } else if (!hasOthers) {
      remove(others);
      others = List.of();
    }
  }

  private List<T> notShown() {
    Set<Tags> have = shown;
    List<T> rest = new ArrayList<>();
    present
        .get()
        .forEach(
            (tags, things) -> {
              if (!have.contains(tags)) {
                rest.addAll(things);
              }
            });
    return rest;
  }

  private List<Meter> register(Tags row, Supplier<@Nullable List<T>> things) {
    List<Meter> meters = new ArrayList<>();
    for (Column<T> column : columns) {
      Tags tags = row.and(column.tags());
      if (column.isCounter()) {
        meters.add(
            FunctionCounter.builder(column.name(), things, from -> sum(column, from))
                .description(column.description())
                .tags(tags)
                .register(registry));
      } else {
        meters.add(
            Gauge.builder(column.name(), () -> sum(column, things))
                .description(column.description())
                .tags(tags)
                .strongReference(true)
                .register(registry));
      }
    }
    return meters;
  }

  private static <T> double sum(Column<T> column, Supplier<@Nullable List<T>> things) {
    List<T> known = things.get();
    return known == null ? 0 : known.stream().mapToLong(column.figure()).sum();
  }

  private void remove(List<Meter> meters) {
    meters.forEach(registry::remove);
  }

  /** Removes all of them. */
  synchronized void clear() {
    rows.values().forEach(this::remove);
    rows.clear();
    remove(others);
    others = List.of();
    shown = Set.of();
  }
}
