package io.fourtuple.examples.beside;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What clients got.
 *
 * @param served with 200
 * @param refused with 503
 * @param failed with another status, or with none
 * @param lost long-lived ones that were served and have ended since
 * @param p99 microseconds until the answer began: of those served, or of all where wrk has asked
 * @param refusal of those refused
 */
record Answers(long served, long refused, long failed, long lost, long p99, Refusal refusal) {
  /**
   * Microseconds until 503.
   *
   * @param median 0 where nobody was refused, or where that is not known
   * @param p99 likewise
   */
  record Refusal(long median, long p99) {
    static final Refusal NONE = new Refusal(0, 0);
  }

  /** With those of a later round; of times the longer ones. */
  Answers and(Answers more) {
    return new Answers(
        served + more.served,
        refused + more.refused,
        failed + more.failed,
        more.lost,
        Math.max(p99, more.p99),
        new Refusal(
            Math.max(refusal.median, more.refusal.median),
            Math.max(refusal.p99, more.refusal.p99)));
  }

  /** With the times of another round's refusals. */
  Answers refusedAs(Answers other) {
    return new Answers(served, refused, failed, lost, p99, other.refusal);
  }

  String toLine() {
    return LongStream.of(served, refused, failed, lost, p99, refusal.median, refusal.p99)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  static Answers parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 7) {
      throw new IllegalArgumentException("answers must be seven numbers, was " + line);
    }
    long[] all = Arrays.stream(parts).mapToLong(Long::parseLong).toArray();
    return new Answers(all[0], all[1], all[2], all[3], all[4], new Refusal(all[5], all[6]));
  }
}
