package io.fourtuple.examples.beside;

/**
 * What clients got.
 *
 * @param served with 200
 * @param refused with 503
 * @param failed with another status, or with none
 * @param lost long-lived ones that were served and have ended since
 * @param p99 microseconds until the answer began
 */
record Answers(long served, long refused, long failed, long lost, long p99) {
  Answers and(Answers more) {
    return new Answers(
        served + more.served,
        refused + more.refused,
        failed + more.failed,
        more.lost,
        Math.max(p99, more.p99));
  }

  String toLine() {
    return served + " " + refused + " " + failed + " " + lost + " " + p99;
  }

  static Answers parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("answers must be five numbers, was " + line);
    }
    return new Answers(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        Long.parseLong(parts[4]));
  }
}
