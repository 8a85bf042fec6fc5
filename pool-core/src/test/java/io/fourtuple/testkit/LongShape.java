package io.fourtuple.testkit;

/**
 * How large a {@link LongWorld} is and what happens in it.
 *
 * @param checkEvery steps between two looks at what they have touched: looking lets time pass in
 *     the ledger, so that some worlds look seldom
 * @param checkAllEvery steps between two looks at everything
 */
record LongShape(
    long seed,
    int sources,
    int endpoints,
    int pools,
    Weather weather,
    int checkEvery,
    int checkAllEvery) {

  /** Who acts besides ourselves and our peers. */
  enum Weather {
    /** Nobody: the kernel must not refuse a single port. */
    CALM,
    /** Neighbours take ports, sources go and come back, peers lose their timestamps. */
    NEIGHBOURS,
    /** The same, and operators switch between OBSERVE and ENFORCE. */
    SWITCHING
  }
}
