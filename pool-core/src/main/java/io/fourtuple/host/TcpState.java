package io.fourtuple.host;

import io.fourtuple.port.KernelSocket;
import org.jspecify.annotations.Nullable;

/** The states of a TCP socket, with the codes of Linux (include/net/tcp_states.h). */
public enum TcpState {
  /** 01. */
  ESTABLISHED(KernelSocket.Kind.OPEN),
  /** 02. */
  SYN_SENT(KernelSocket.Kind.OPEN),
  /** 03. */
  SYN_RECEIVED(KernelSocket.Kind.OPEN),
  /** 04. */
  FIN_WAIT1(KernelSocket.Kind.CLOSING),
  /** 05. */
  FIN_WAIT2(KernelSocket.Kind.CLOSING),
  /** 06. */
  TIME_WAIT(KernelSocket.Kind.TIME_WAIT),
  /** 07: holds no tuple. */
  CLOSED(null),
  /** 08. */
  CLOSE_WAIT(KernelSocket.Kind.OPEN),
  /** 09. */
  LAST_ACK(KernelSocket.Kind.CLOSING),
  /** 0A. */
  LISTEN(KernelSocket.Kind.LISTENING),
  /** 0B: both ends closed at once. */
  CLOSING(KernelSocket.Kind.CLOSING),
  /** 0C: a request that has no socket yet. */
  NEW_SYN_RECEIVED(KernelSocket.Kind.OPEN);

  private static final TcpState[] BY_CODE = values();

  private final KernelSocket.@Nullable Kind kind;

  TcpState(KernelSocket.@Nullable Kind kind) {
    this.kind = kind;
  }

  /** The kernel's number for this state, 1 to 12. */
  public int code() {
    return ordinal() + 1;
  }

  /** What the state means to a local port; null where it means nothing. */
  KernelSocket.@Nullable Kind kind() {
    return kind;
  }

  /** The state with a kernel's number; null where there is none. */
  static @Nullable TcpState ofCode(int code) {
    return code < 1 || code > BY_CODE.length ? null : BY_CODE[code - 1];
  }
}
