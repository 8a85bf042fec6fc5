package io.fourtuple.examples.beside;

import java.util.EnumSet;
import java.util.Set;

/** What is asked of the contestants. */
enum Case {
  KEEP_ALIVE("short requests, connections kept"),
  LONG_LIVED("long-lived, more than one source can"),
  CLOSING("upstreams leave closing to the proxy"),
  GROWING("a source and a back end come"),
  NEIGHBOUR("another program has half of the ports"),
  BEYOND("long-lived, more than all sources can");

  /** Those that wrk loads. */
  static final Set<Case> SHORT = Set.copyOf(EnumSet.of(KEEP_ALIVE, CLOSING));

  final String title;

  Case(String title) {
    this.title = title;
  }
}
