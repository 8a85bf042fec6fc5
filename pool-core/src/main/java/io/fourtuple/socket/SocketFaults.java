package io.fourtuple.socket;

import io.fourtuple.port.Ending;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketTimeoutException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an error of a socket of the JDK means for the port. Java has {@link BindException} for
 * EADDRINUSE, EADDRNOTAVAIL and EACCES, from bind and from connect, and the errno in the text only.
 * Hence the stage decides, and the text where it must.
 */
final class SocketFaults {
  private SocketFaults() {}

  /** A failed bind of a port that the ledger picked; null where it is no fault of the port. */
  static @Nullable Ending ofBind(IOException error) {
    String text = text(error);
    if (!(error instanceof BindException) || text.startsWith("permission denied")) {
      return null;
    }
    return text.startsWith("cannot assign requested address")
            || text.startsWith("can't assign requested address")
        ? Ending.SOURCE_GONE
        : Ending.PORT_TAKEN;
  }

  /** Whether a connect failed for want of a port, or because the 4-tuple is in use. */
  static boolean isTupleTaken(IOException error) {
    return error instanceof BindException;
  }

  /** Whether a read or write says that the kernel has dropped the connection, with no rest. */
  static boolean isReset(IOException error) {
    if (error instanceof SocketTimeoutException) {
      return false;
    }
    String text = text(error);
    return text.startsWith("connection reset")
        || text.startsWith("broken pipe")
        || text.startsWith("connection timed out")
        || text.startsWith("an existing connection was forcibly closed")
        || text.startsWith("an established connection was aborted");
  }

  private static String text(IOException error) {
    String message = error.getMessage();
    return message == null ? "" : message.toLowerCase(Locale.ROOT);
  }
}
