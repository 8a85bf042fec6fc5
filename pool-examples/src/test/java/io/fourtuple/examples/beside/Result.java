package io.fourtuple.examples.beside;

/**
 * What one contestant did in one case.
 *
 * @param cpuMicros of the contestant, for all requests; 0 where it is not compared
 * @param peakPorts most sockets to back ends at a time
 */
record Result(Case where, Contestant who, Answers answers, long cpuMicros, int peakPorts) {
  /** Microseconds of CPU for each request that was served. */
  double cpuPerRequest() {
    return answers.served() == 0 ? 0 : (double) cpuMicros / answers.served();
  }

  long asked() {
    return answers.served() + answers.refused() + answers.failed();
  }

  String toLine() {
    return where + "," + who + "," + answers.toLine() + "," + cpuMicros + "," + peakPorts;
  }

  static Result parse(String line) {
    String[] parts = line.split(",", -1);
    if (parts.length != 5) {
      throw new IllegalArgumentException("a result must have five parts, was " + line);
    }
    return new Result(
        Case.valueOf(parts[0]),
        Contestant.valueOf(parts[1]),
        Answers.parse(parts[2]),
        Long.parseLong(parts[3]),
        Integer.parseInt(parts[4]));
  }
}
