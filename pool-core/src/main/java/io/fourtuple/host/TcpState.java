package io.fourtuple.host;

import io.fourtuple.port.KernelSocket;
import org.jspecify.annotations.Nullable;

/** The states of a TCP socket, with the codes of Linux (include/net/tcp_states.h). */
public enum TcpState {
  /** 01. */
  ESTABLISHED(0x01, KernelSocket.Kind.OPEN),
  /** 02. */
  SYN_SENT(0x02, KernelSocket.Kind.OPEN),
  /** 03. */
  SYN_RECEIVED(0x03, KernelSocket.Kind.OPEN),
  /** 04. */
  FIN_WAIT1(0x04, KernelSocket.Kind.CLOSING),
  /** 05. */
  FIN_WAIT2(0x05, KernelSocket.Kind.CLOSING),
  /** 06. */
  TIME_WAIT(0x06, KernelSocket.Kind.TIME_WAIT),
  /** 07: holds no tuple. */
  CLOSED(0x07, null),
  /** 08. */
  CLOSE_WAIT(0x08, KernelSocket.Kind.OPEN),
  /** 09. */
  LAST_ACK(0x09, KernelSocket.Kind.CLOSING),
  /** 0A. */
  LISTEN(0x0a, KernelSocket.Kind.LISTENING),
  /** 0B: both ends closed at once. */
  CLOSING(0x0b, KernelSocket.Kind.CLOSING),
  /** 0C: a request that has no socket yet. */
  NEW_SYN_RECEIVED(0x0c, KernelSocket.Kind.OPEN);

  private static final TcpState[] BY_CODE = values();

  private final int code;
  private final KernelSocket.@Nullable Kind kind;

  TcpState(int code, KernelSocket.@Nullable Kind kind) {
    this.code = code;
    this.kind = kind;
  }

  /** The kernel's number for this state, 1 to 12. */
  public int code() {
    return code;
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
