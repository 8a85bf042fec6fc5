package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import org.jspecify.annotations.Nullable;

/** What callbacks find wrong: what they throw, pool and ledger would only log. */
final class Findings {
  private @Nullable Throwable first;

  void expect(boolean holds, Object... story) {
    if (!holds && first == null) {
      try {
        require(false, story);
      } catch (AssertionError e) {
        first = e;
      }
    }
  }

  /** Fails where anything was found. */
  void check() {
    require(first == null, first);
  }
}
