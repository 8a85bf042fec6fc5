package io.fourtuple.examples;

/** Entry point of the examples. */
public final class Main {
  private Main() {}

  /** Runs a scenario. */
  public static void main(String[] args) {}
}
