package io.fourtuple.testkit;

import io.fourtuple.port.Ending;
import org.jspecify.annotations.Nullable;

/** How a connector may be faulty; this one is not. */
class Misbehaviour {
  /** What is reported; null for a settlement that is forgotten. */
  @Nullable Ending reportedEnding(Ending truth) {
    return truth;
  }

  /** The local port that is reported. */
  int reportedPort(int truth) {
    return truth;
  }

  /** Whether the port is settled while the connection stands. */
  boolean settlesTooEarly() {
    return false;
  }
}
