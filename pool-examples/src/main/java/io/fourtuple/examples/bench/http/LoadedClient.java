package io.fourtuple.examples.bench.http;

/**
 * A client that fetches one resource over and over, on kept connections. It cannot be closed: it
 * lives as long as its process.
 */
interface LoadedClient {
  /**
   * Begins a request.
   *
   * @param lane of so many requests that are under way at a time; each has one
   */
  void get(int lane, Answer answer);
}
