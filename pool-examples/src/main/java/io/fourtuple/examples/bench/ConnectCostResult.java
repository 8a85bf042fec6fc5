package io.fourtuple.examples.bench;

import java.util.EnumMap;
import java.util.Map;

/** What connects of one series have cost: microseconds of processor time. Not thread-safe. */
final class ConnectCostResult {
  private final ConnectSeries series;
  private final Map<Band, Samples> bands = new EnumMap<>(Band.class);
  private final Samples refused = new Samples();
  private long connectsWhileRefused;

  ConnectCostResult(ConnectSeries series) {
    this.series = series;
    for (Band band : Band.values()) {
      bands.put(band, new Samples());
    }
  }

  ConnectSeries series() {
    return series;
  }

  /** One connect in {@code band}. */
  Samples at(Band band) {
    return bands.getOrDefault(band, refused);
  }

  /** One that was refused, all ports being in use. */
  Samples refused() {
    return refused;
  }

  /** So many connects were begun for callers that were refused. */
  void addConnectsWhileRefused(long count) {
    connectsWhileRefused += count;
  }

  long connectsWhileRefused() {
    return connectsWhileRefused;
  }

  double ratio(Band band) {
    return at(band).median() / at(Band.EMPTY).median();
  }
}
