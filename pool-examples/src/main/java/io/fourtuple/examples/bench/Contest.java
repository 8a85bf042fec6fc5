package io.fourtuple.examples.bench;

import java.util.Arrays;
import java.util.Optional;

/** How many threads there are, for how many connections. */
enum Contest {
  ALONE("1x8", 1, 8),
  PAIR("2x8", 2, 8),
  FOUR("4x8", 4, 8),
  /** Some always wait. */
  SCARCE("4x2", 4, 2);

  private final String title;
  private final int threads;
  private final int connections;

  Contest(String title, int threads, int connections) {
    this.title = title;
    this.threads = threads;
    this.connections = connections;
  }

  /** Its name on the command line: threads x connections. */
  String title() {
    return title;
  }

  int threads() {
    return threads;
  }

  int connections() {
    return connections;
  }

  /**
   * How many times the floor this library may cost, beside the two clock reads.
   *
   * @return infinite where nothing is promised
   */
  double bar() {
    return switch (this) {
      case ALONE -> 4;
      case PAIR, FOUR -> 8;
      case SCARCE -> Double.POSITIVE_INFINITY;
    };
  }

  String label() {
    return threads + (threads == 1 ? " thread, " : " threads, ") + connections + " connections";
  }

  static Optional<Contest> titled(String title) {
    return Arrays.stream(values()).filter(contest -> contest.title.equals(title)).findFirst();
  }
}
