package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an exception and its causes tell together of one failed call of a socket. One tells the
 * errno, another the call: Java has {@link BindException} for errors of bind and of connect, and
 * Netty wraps it in types that do not extend it.
 *
 * @param chain the exception and its causes, the outermost first
 * @param errno null where no message tells it, in another language say
 * @param call which call failed, as far as message or stack trace tell
 * @param connecting whether it was on the way to a peer, so that no listener's port is meant
 * @param listening whether it was on the way to a listener
 * @param windows whether the words are those of Windows
 * @param remote the peer, where a message names it, as Netty's do
 */
record SocketError(
    List<Throwable> chain,
    @Nullable Errno errno,
    Call call,
    boolean connecting,
    boolean listening,
    boolean windows,
    @Nullable Endpoint remote) {

  /** A call of the kernel. */
  enum Call {
    BIND,
    CONNECT,
    UNKNOWN
  }

  /** The kernel call is at the top of the stack; what is below may bind in order to connect. */
  private static final int TOP_FRAMES = 4;

  private static final Pattern BIND_WORDS =
      Pattern.compile("\\bbind\\(\\.\\.\\)|\\(bind failed\\)|: (?:jvm_|net_)?bind$");
  private static final Pattern CONNECT_WORDS =
      Pattern.compile(
          "connect\\(\\.\\.\\)|\\(connect failed\\)|: connect$|: no further information\\b");
  private static final Pattern WINDOWS_WORDS =
      Pattern.compile(
          ": (?:connect|bind|jvm_bind|net_bind)$|no further information|windows sockets|\\bwsae|"
              + "maximum connections reached|not valid in its context");
  private static final Pattern REMOTE =
      Pattern.compile("/\\[?([0-9a-fA-F.:]+)(?:%[\\w.]+)?\\]?:(\\d{1,5})$");

  static SocketError of(List<Throwable> chain) {
    Errno errno = null;
    Call call = Call.UNKNOWN;
    boolean connecting = false;
    boolean listening = false;
    boolean windows = false;
    Endpoint remote = null;
    for (Throwable error : chain) {
      String message = error instanceof IOException ? error.getMessage() : null;
      if (message != null) {
        String text = message.toLowerCase(Locale.ROOT);
        errno = errno == null ? Errno.of(message) : errno;
        remote = remote == null ? remoteIn(message) : remote;
        call = call == Call.UNKNOWN ? callIn(text) : call;
        windows |= WINDOWS_WORDS.matcher(text).find();
      }
      connecting |= error instanceof ConnectException;
      for (StackTraceElement frame : error.getStackTrace()) {
        boolean ofNetwork = isOfNetwork(frame);
        connecting |= ofNetwork && isConnect(frame);
        listening |= ofNetwork && frame.getClassName().contains("ServerSocket");
      }
    }
    if (call == Call.UNKNOWN) {
      call = callOnStack(chain);
    }
    connecting |= call == Call.CONNECT || remote != null;
    return new SocketError(
        List.copyOf(chain), errno, call, connecting && !listening, listening, windows, remote);
  }

  /** The first of a type among the exception and its causes. */
  <T extends Throwable> @Nullable T find(Class<T> type) {
    for (Throwable error : chain) {
      if (type.isInstance(error)) {
        return type.cast(error);
      }
    }
    return null;
  }

  /** Its own words: the first message, from the inside, of an exception of I/O, or its type. */
  String words() {
    List<Throwable> inner = new ArrayList<>(chain);
    Collections.reverse(inner);
    for (Throwable error : inner) {
      if (error instanceof IOException && error.getMessage() != null) {
        return error.getClass().getSimpleName() + ": " + error.getMessage();
      }
    }
    Throwable outermost = chain.get(0);
    return outermost.getMessage() == null
        ? outermost.getClass().getSimpleName()
        : outermost.getClass().getSimpleName() + ": " + outermost.getMessage();
  }

  private static Call callIn(String text) {
    if (BIND_WORDS.matcher(text).find()) {
      return Call.BIND;
    }
    return CONNECT_WORDS.matcher(text).find() ? Call.CONNECT : Call.UNKNOWN;
  }

  private static Call callOnStack(List<Throwable> chain) {
    for (int i = chain.size() - 1; i >= 0; i--) {
      StackTraceElement[] frames = chain.get(i).getStackTrace();
      for (int f = 0; f < Math.min(TOP_FRAMES, frames.length); f++) {
        if (isOfNetwork(frames[f]) && isBind(frames[f])) {
          return Call.BIND;
        } else if (isOfNetwork(frames[f]) && isConnect(frames[f])) {
          return Call.CONNECT;
        }
      }
    }
    return Call.UNKNOWN;
  }

  private static boolean isOfNetwork(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith("sun.nio.ch.")
        || type.startsWith("java.net.")
        || type.startsWith("io.netty.");
  }

  /** {@code Net.bind0}, {@code PlainSocketImpl.socketBind}, {@code doBind}. */
  private static boolean isBind(StackTraceElement frame) {
    String method = frame.getMethodName().toLowerCase(Locale.ROOT);
    return method.contains("bind");
  }

  /** {@code Net.connect0}, {@code pollConnect}, {@code finishConnect}, {@code doConnect}. */
  private static boolean isConnect(StackTraceElement frame) {
    String method = frame.getMethodName().toLowerCase(Locale.ROOT);
    return method.contains("connect") && !method.contains("disconnect");
  }

  private static @Nullable Endpoint remoteIn(String message) {
    Matcher matcher = REMOTE.matcher(message);
    if (!matcher.find()) {
      return null;
    }
    try {
      return Endpoint.of(matcher.group(1), Integer.parseInt(matcher.group(2)));
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }
}
