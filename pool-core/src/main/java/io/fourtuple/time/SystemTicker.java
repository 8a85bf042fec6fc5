package io.fourtuple.time;

/** The one place in the library that reads the machine's clock. */
enum SystemTicker implements Ticker {
  INSTANCE;

  @Override
  public long read() {
    return System.nanoTime();
  }
}
