package io.fourtuple.examples.beside;

/**
 * Processor time.
 *
 * @param total microseconds of all threads; 0 where it is not compared
 * @param compiler those of the threads with which a JVM compiles
 */
record Cpu(long total, long compiler) {
  static final Cpu NONE = new Cpu(0, 0);

  Cpu minus(Cpu before) {
    return new Cpu(total - before.total, compiler - before.compiler);
  }

  String toLine() {
    return total + " " + compiler;
  }

  static Cpu parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("processor time must be two numbers, was " + line);
    }
    return new Cpu(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }
}
