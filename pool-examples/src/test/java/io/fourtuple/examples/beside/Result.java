package io.fourtuple.examples.beside;

/**
 * What one contestant did in one case.
 *
 * @param cpu of the contestant, for all requests
 * @param peakPorts most sockets to back ends at a time
 */
record Result(Case where, Contestant who, Answers answers, Cpu cpu, int peakPorts) {
  /** Microseconds of CPU for each request that was served. */
  double cpuPerRequest() {
    return perRequest(cpu.total());
  }

  /** The same without what the JVM's compilers had. */
  double compiledCpuPerRequest() {
    return perRequest(cpu.total() - cpu.compiler());
  }

  private double perRequest(long micros) {
    return answers.served() == 0 ? 0 : (double) micros / answers.served();
  }

  long asked() {
    return answers.served() + answers.refused() + answers.failed();
  }

  String toLine() {
    return where + "," + who + "," + answers.toLine() + "," + cpu.toLine() + "," + peakPorts;
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
        Cpu.parse(parts[3]),
        Integer.parseInt(parts[4]));
  }
}
