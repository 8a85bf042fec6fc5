package io.fourtuple.examples.bench;

/** A stretch of connections, from one share of the ports to a little more: a column. */
enum Band {
  /** After the first few, with which a new pool and its thread begin. */
  EMPTY("1 %", 10, 30),
  HALF("50 %", 505, 515),
  NINETY("90 %", 900, 910),
  NINETY_NINE("99 %", 985, 995),
  FULL("99.9 %", 997, 1_000);

  private final String label;
  private final int fromPermille;
  private final int toPermille;

  Band(String label, int fromPermille, int toPermille) {
    this.label = label;
    this.fromPermille = fromPermille;
    this.toPermille = toPermille;
  }

  String label() {
    return label;
  }

  int first(int connections) {
    return connections * fromPermille / 1_000;
  }

  int end(int connections) {
    return connections * toPermille / 1_000;
  }
}
