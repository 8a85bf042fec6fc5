package io.fourtuple.netty.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The peer says that it has done nothing about the request, or no byte of it was sent. */
final class NotProcessedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Retry.Verdict verdict;

  NotProcessedException(Retry.Verdict verdict, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.verdict = verdict;
  }

  /** Which of the two it was. */
  Retry.Verdict verdict() {
    return verdict;
  }
}
