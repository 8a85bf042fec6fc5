package io.fourtuple.metrics;

/** Of what users may set. */
final class Limits {
  private static final int MOST = 100_000;

  private Limits() {}

  static int checked(String field, int count) {
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException(field + " must be in 0.." + MOST + ", was " + count);
    }
    return count;
  }
}
