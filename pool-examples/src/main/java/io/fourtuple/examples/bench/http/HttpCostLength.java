package io.fourtuple.examples.bench.http;

/** How long each client is looked at in a round. */
enum HttpCostLength {
  FULL(20_000, 4_000, 3),
  QUICK(3_000, 1_000, 1);

  private final long warmUpMillis;
  private final long windowMillis;
  private final int rounds;

  HttpCostLength(long warmUpMillis, long windowMillis, int rounds) {
    this.warmUpMillis = warmUpMillis;
    this.windowMillis = windowMillis;
    this.rounds = rounds;
  }

  long warmUpMillis() {
    return warmUpMillis;
  }

  long windowMillis() {
    return windowMillis;
  }

  /** Where no other number is asked for. */
  int rounds() {
    return rounds;
  }
}
