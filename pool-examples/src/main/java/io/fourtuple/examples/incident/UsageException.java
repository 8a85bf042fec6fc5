package io.fourtuple.examples.incident;

/** The arguments make no sense; the message says why and what there is. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
