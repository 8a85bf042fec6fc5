package io.fourtuple.command;

/** Of monitoring plug-ins, in their order. */
enum ExitCode {
  OK,
  WARNING,
  CRITICAL,
  UNKNOWN;

  static ExitCode of(int percent, Options options) {
    return percent >= options.crit() ? CRITICAL : percent >= options.warn() ? WARNING : OK;
  }
}
