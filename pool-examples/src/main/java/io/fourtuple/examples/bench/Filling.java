package io.fourtuple.examples.bench;

import java.io.IOException;

/** Connections that somebody opens, one after the other, and keeps. */
interface Filling extends AutoCloseable {
  /** Opens one more. */
  void open() throws IOException, InterruptedException;

  /** Asks for one more where there is no port left, and is refused. */
  void beRefused() throws InterruptedException;

  /** Connects begun so far, as far as they are counted. */
  long connects();

  /** Closes all. */
  @Override
  void close();
}
