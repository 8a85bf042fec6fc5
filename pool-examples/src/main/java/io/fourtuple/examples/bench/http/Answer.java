package io.fourtuple.examples.bench.http;

/** Hears how one request has ended; on any thread, one at a time. */
interface Answer {
  /** All of the response is there. */
  void body(byte[] body);

  /** There is none. */
  void failed(Throwable why);
}
