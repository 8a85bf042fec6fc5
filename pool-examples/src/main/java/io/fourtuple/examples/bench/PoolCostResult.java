package io.fourtuple.examples.bench;

/**
 * What one entrant took in one contest.
 *
 * @param cpu nanoseconds of processor time of the worker threads per operation
 * @param bytes allocated per operation
 * @param wall nanoseconds per operation as each thread sees them
 */
record PoolCostResult(Contest contest, Entrant entrant, Samples cpu, Samples bytes, Samples wall) {
  static PoolCostResult of(Contest contest, Entrant entrant) {
    return new PoolCostResult(contest, entrant, new Samples(), new Samples(), new Samples());
  }
}
