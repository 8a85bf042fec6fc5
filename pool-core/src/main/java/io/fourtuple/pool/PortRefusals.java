package io.fourtuple.pool;

import java.net.BindException;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the kernel's want of a local port in an error, so that one which reaches a caller is
 * counted: the library's promise is that none does.
 */
final class PortRefusals {
  /** How deep causes are looked through; real chains have three or four. */
  private static final int DEEPEST = 10;

  private PortRefusals() {}

  /**
   * Whether an error, or a cause of it, is EADDRNOTAVAIL or EADDRINUSE: a {@link BindException} of
   * the JDK, or an error of Netty's native transports, which carry Linux's numbers 99 and 98.
   */
  static boolean isPortRefusal(@Nullable Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof BindException
          || text.contains("error(-99)")
          || text.contains("error(-98)")) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}
