package io.fourtuple.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.function.ToLongFunction;

/**
 * One figure of each row. It has no unit besides its name: Prometheus would repeat it in the name.
 *
 * @param name as Micrometer has names, with dots
 * @param tags besides those of the row
 * @param isCounter whether it only grows
 * @param <T> what it is a figure of; where there are several they are summed
 */
record Column<T>(
    String name, String description, Tags tags, boolean isCounter, ToLongFunction<T> figure) {
  static <T> Column<T> gauge(String name, String description, ToLongFunction<T> figure) {
    return new Column<>(name, description, Tags.empty(), false, figure);
  }

  static <T> Column<T> counter(String name, String description, ToLongFunction<T> figure) {
    return new Column<>(name, description, Tags.empty(), true, figure);
  }

  /** One of several columns of that name. */
  Column<T> with(String key, String value) {
    return new Column<>(name, description, tags.and(key, value), isCounter, figure);
  }
}
