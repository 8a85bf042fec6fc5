package io.fourtuple.netty;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.port.Ending;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an error of a socket means. Java uses {@link BindException} for EADDRINUSE, EADDRNOTAVAIL
 * and EACCES, from bind and from connect; Netty wraps it in types that do not extend it, and its
 * native transports have the errno in a field or in the text only. Hence: errno where there is one,
 * else the stage and the text, of which only a localised one is left to guesses.
 */
final class SocketErrors {
  // Linux's numbers (asm-generic/errno.h); those of macOS are turned into them by linux(int).
  private static final int EMFILE = 24;
  private static final int ENFILE = 23;
  private static final int ENOMEM = 12;
  private static final int EACCES = 13;
  private static final int EPIPE = 32;
  private static final int EADDRINUSE = 98;
  private static final int EADDRNOTAVAIL = 99;
  private static final int ECONNRESET = 104;
  private static final int ENOBUFS = 105;
  private static final int ETIMEDOUT = 110;
  private static final int UNKNOWN = 0;

  /**
   * Windows' WSAENOBUFS, by the guess that the JDK adds to its text. No number of a kernel: there
   * it means no port, or no memory, and either comes back with other connections.
   */
  private static final int WSAENOBUFS = -1;

  private static final Pattern ERRNO = Pattern.compile("error\\(-(\\d+)\\)");

  private SocketErrors() {}

  /**
   * What a failed attempt means for the port and for the pool.
   *
   * @param ending what the reservation is settled with
   * @param kind what the pool does next
   */
  record Verdict(Ending ending, ConnectFailure.Kind kind) {}

  /** A failed bind to {@code source}. */
  static Verdict ofBind(Throwable error, InetAddress source) {
    return switch (errno(error)) {
      case EADDRINUSE, WSAENOBUFS -> new Verdict(Ending.PORT_TAKEN, ConnectFailure.Kind.LOCAL_PORT);
      case EADDRNOTAVAIL -> new Verdict(Ending.SOURCE_GONE, ConnectFailure.Kind.LOCAL_PORT);
      case UNKNOWN -> ofLocalisedBind(error, source);
      default -> new Verdict(Ending.ABANDONED, ConnectFailure.Kind.HOST);
    };
  }

  private static Verdict ofLocalisedBind(Throwable error, InetAddress source) {
    if (find(error, BindException.class) == null) {
      return new Verdict(Ending.ABANDONED, ConnectFailure.Kind.HOST);
    }
    return new Verdict(
        isLocal(source) ? Ending.PORT_TAKEN : Ending.SOURCE_GONE, ConnectFailure.Kind.LOCAL_PORT);
  }

  private static boolean isLocal(InetAddress address) {
    try {
      return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  /** A failed connect. */
  static Verdict ofConnect(Throwable error) {
    if (error instanceof ClosedChannelException) {
      // Closed under the connect, and not by the pool: the event loop ends.
      return new Verdict(Ending.CONNECT_FAILED, ConnectFailure.Kind.HOST);
    }
    return switch (errno(error)) {
      case EADDRNOTAVAIL, EADDRINUSE, WSAENOBUFS ->
          new Verdict(Ending.TUPLE_TAKEN, ConnectFailure.Kind.LOCAL_PORT);
      case EMFILE, ENFILE, ENOBUFS, ENOMEM ->
          new Verdict(Ending.CONNECT_FAILED, ConnectFailure.Kind.HOST);
      case UNKNOWN ->
          find(error, BindException.class) != null
              ? new Verdict(Ending.TUPLE_TAKEN, ConnectFailure.Kind.LOCAL_PORT)
              : new Verdict(Ending.CONNECT_FAILED, ConnectFailure.Kind.ENDPOINT);
      default -> new Verdict(Ending.CONNECT_FAILED, ConnectFailure.Kind.ENDPOINT);
    };
  }

  /**
   * What a failed read says about the end of the connection. After these errors the kernel has
   * dropped the connection without TIME_WAIT.
   */
  static Ending ofRead(IOException error) {
    return switch (errno(error)) {
      case ECONNRESET, EPIPE, ETIMEDOUT -> Ending.RESET;
      default -> Ending.UNKNOWN;
    };
  }

  private static int errno(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      int found =
          e instanceof NativeIoException io ? linux(-io.expectedErr()) : ofText(e.getMessage());
      if (found != UNKNOWN) {
        return found;
      }
    }
    return UNKNOWN;
  }

  /** An errno of Linux or of macOS, whose numbers mean nothing of a socket's on Linux. */
  private static int linux(int errno) {
    return switch (errno) {
      case 48 -> EADDRINUSE;
      case 49 -> EADDRNOTAVAIL;
      case 54 -> ECONNRESET;
      case 55 -> ENOBUFS;
      case 60 -> ETIMEDOUT;
      default -> errno;
    };
  }

  private static int ofText(@Nullable String message) {
    if (message == null) {
      return UNKNOWN;
    }
    Matcher matcher = ERRNO.matcher(message);
    if (matcher.find()) {
      return linux(Integer.parseInt(matcher.group(1)));
    }
    String text = message.toLowerCase(Locale.ROOT);
    if (text.startsWith("cannot assign requested address")
        || text.startsWith("can't assign requested address")
        || text.startsWith("address not available")) { // musl, and so below

      return EADDRNOTAVAIL;
    } else if (text.startsWith("address already in use") || text.startsWith("address in use")) {
      return EADDRINUSE;
    } else if (text.startsWith("permission denied")) {
      return EACCES;
    } else if (text.startsWith("too many open files")
        || text.startsWith("no file descriptors available")) {
      return EMFILE;
    } else if (text.startsWith("no buffer space available (maximum connections reached?)")) {
      return WSAENOBUFS;
    } else if (text.startsWith("no buffer space available")) {
      return ENOBUFS;
    } else if (text.startsWith("cannot allocate memory") || text.startsWith("out of memory")) {
      return ENOMEM;
    } else if (text.startsWith("connection reset")
        || text.startsWith("an existing connection was forcibly closed")
        || text.startsWith("an established connection was aborted")) {
      return ECONNRESET;
    } else if (text.startsWith("broken pipe")) {
      return EPIPE;
    } else if (text.equals("connection timed out")) {
      return ETIMEDOUT;
    }
    return UNKNOWN;
  }

  private static <T extends Throwable> @Nullable T find(Throwable error, Class<T> type) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
    }
    return null;
  }
}
