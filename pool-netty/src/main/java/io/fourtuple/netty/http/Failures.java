package io.fourtuple.netty.http;

import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.NameResolutionException;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** The exceptions that users of {@code java.net.http} catch. */
final class Failures {
  private Failures() {}

  /**
   * Why there is no connection. What the pool says of itself, that there is no port say, stays as
   * it is where the request has time left.
   *
   * @param isLate whether the request's own time is over
   */
  static IOException ofAcquire(IOException why, boolean isLate) {
    Throwable cause = why.getCause();
    boolean hasWaited =
        why instanceof AcquireTimeoutException || why instanceof PortsExhaustedException;
    if (hasWaited && isLate) {
      return caused(new HttpConnectTimeoutException(why.getMessage()), why);
    }
    if (why instanceof ConnectFailedException
        && (cause instanceof ConnectTimeoutException
            || cause instanceof SslHandshakeTimeoutException)) {
      return caused(new HttpConnectTimeoutException(why.getMessage()), why);
    }
    if (why instanceof ConnectFailedException && cause instanceof SSLException tls) {
      return tls;
    }
    if (why instanceof ConnectFailedException || why instanceof NameResolutionException) {
      return caused(new ConnectException(why.getMessage()), why);
    }
    return why;
  }

  /**
   * What {@code send} throws: of the same type where java.net.http says which, with the caller's
   * own stack.
   */
  static IOException ofSend(@Nullable Throwable why) {
    if (why instanceof HttpConnectTimeoutException) {
      return caused(new HttpConnectTimeoutException(why.getMessage()), why);
    }
    if (why instanceof HttpTimeoutException) {
      return caused(new HttpTimeoutException(why.getMessage()), why);
    }
    if (why instanceof ConnectException) {
      return caused(new ConnectException(why.getMessage()), why);
    }
    if (why instanceof SSLHandshakeException) {
      return caused(new SSLHandshakeException(why.getMessage()), why);
    }
    if (why instanceof IOException io && why.getClass() != IOException.class) {
      return io; // with its numbers
    }
    return new IOException(why == null ? null : why.getMessage(), why);
  }

  private static <E extends IOException> E caused(E made, Throwable why) {
    made.initCause(why);
    return made;
  }
}
