package io.fourtuple.examples.bench;

/** What a pool pays that looks at the clock when it lends and when it takes back. */
final class TwoClockReads implements Contestant {
  @Override
  public Caller caller() {
    return () -> {
      long lent = System.nanoTime();
      return System.nanoTime() - lent;
    };
  }
}
