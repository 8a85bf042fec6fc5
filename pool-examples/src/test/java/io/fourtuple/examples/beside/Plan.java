package io.fourtuple.examples.beside;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The numbers of a run.
 *
 * @param ports local ports of the proxy's host, to each endpoint from each source
 * @param seconds how long wrk loads
 * @param warmUp seconds for which it has loaded before
 * @param rounds how often it loads; the one of the median processor time counts
 */
record Plan(int ports, int seconds, int warmUp, int rounds) {
  static final int FIRST_PORT = 20_000;
  static final int PROXY_PORT = 8_080;
  static final int BACK_END_PORT = 8_000;
  static final int BACK_ENDS = 4;
  static final String NETWORK = "10.9.0.";
  static final List<String> SOURCES = List.of(NETWORK + "1", NETWORK + "2");
  static final String PROXY = SOURCES.get(0);
  static final String NAME = "back.ends";

  /** Of connections that wrk holds. */
  static final int CALLERS = 64;

  /** Who comes when all ports are in use; twice. */
  static final int LATECOMERS = 500;

  /** Until a contestant listens, and until the last long-lived request has its answer. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Until the last TIME_WAIT is over: the kernel's 60 s, and its timers' rounding. */
  static final Duration REST = Duration.ofSeconds(75);

  /** Until who follows addresses by itself has done so: names every 5 s, sources every 5 s. */
  static final Duration NEWS = Duration.ofSeconds(12);

  static List<String> backEnds(int count) {
    return IntStream.range(0, count).mapToObj(i -> NETWORK + (101 + i)).toList();
  }

  /** What so many sources can have to so many back ends. */
  int capacity(int sources, int backEnds) {
    return ports * sources * backEnds;
  }

  /** Six of eight: more than one source can, and less than two. */
  int longLived() {
    return capacity(2, BACK_ENDS) * 3 / 4;
  }

  /** Fifteen of sixteen, before anything has come. */
  int beforeGrowth() {
    return capacity(1, BACK_ENDS) * 15 / 16;
  }

  /** Nine of ten, when a source and a back end have come. */
  int afterGrowth() {
    return capacity(2, BACK_ENDS + 1) * 9 / 10;
  }

  /** Ports of each source to each back end that somebody else has. */
  int neighbours() {
    return ports / 2;
  }

  /** Fifteen of sixteen that the neighbour leaves. */
  int besideNeighbour() {
    return (capacity(2, BACK_ENDS) - neighbours() * 2 * BACK_ENDS) * 15 / 16;
  }

  /** Nine of eight: not all can be served. */
  int beyond() {
    return capacity(2, BACK_ENDS) * 9 / 8;
  }
}
