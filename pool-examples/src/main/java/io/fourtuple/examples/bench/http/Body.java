package io.fourtuple.examples.bench.http;

import java.util.Arrays;
import java.util.Optional;

/** What the server answers with. */
enum Body {
  SMALL("128", 128),
  LARGE("16k", 16 << 10);

  private final String title;
  private final int bytes;

  Body(String title, int bytes) {
    this.title = title;
    this.bytes = bytes;
  }

  /** Its name on the command line. */
  String title() {
    return title;
  }

  int bytes() {
    return bytes;
  }

  /** Where the server has it. */
  String path() {
    return "/" + title;
  }

  String label() {
    return String.format("%,d bytes", bytes);
  }

  static Optional<Body> titled(String title) {
    return Arrays.stream(values()).filter(body -> body.title.equals(title)).findFirst();
  }
}
