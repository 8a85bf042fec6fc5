package io.fourtuple.port;

/** Whether budgets are enforced; may be changed while the program runs. */
public enum Enforcement {
  /** Ports are picked, callers wait or are refused. The default. */
  ENFORCE,
  /** Counts and logs only: nothing is bound, nobody waits or is refused. */
  OBSERVE
}
