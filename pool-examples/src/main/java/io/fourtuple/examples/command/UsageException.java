package io.fourtuple.examples.command;

/** The arguments make no sense; the message says why and what there is. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes it. */
  public UsageException(String message) {
    super(message);
  }
}
