package io.fourtuple.examples.bench.http;

import java.net.URI;

/**
 * What is fetched, and by how many at a time.
 *
 * @param port of the server, on 127.0.0.1
 */
record Target(int port, Body body, int concurrency) {
  static final String HOST = "127.0.0.1";

  URI uri() {
    return URI.create("http://" + HOST + ":" + port + body.path());
  }
}
