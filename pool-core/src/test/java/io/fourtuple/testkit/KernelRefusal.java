package io.fourtuple.testkit;

import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** The kernel's refusal of a local port, by the call that was refused and its error number. */
public final class KernelRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final Kind kind;
  private final transient @Nullable SimulatedSocket inTheWay;

  KernelRefusal(Kind kind, String where) {
    super(kind + ": " + where);
    this.kind = kind;
    this.inTheWay = null;
  }

  KernelRefusal(Kind kind, String where, SimulatedSocket inTheWay) {
    super(kind + ": " + where + " because of " + inTheWay);
    this.kind = kind;
    this.inTheWay = inTheWay;
  }

  /** The one socket that is in the way; null where there is none, or where there are many. */
  @Nullable SimulatedSocket inTheWay() {
    return inTheWay;
  }

  /** Which call, which error. */
  public Kind kind() {
    return kind;
  }

  /**
   * What the JDK makes of it: on most systems a {@link java.net.BindException} for both calls and
   * both numbers.
   */
  public SocketException asJdkException(SimulatedSystem system) {
    SocketException exception = system.say(kind);
    exception.initCause(this);
    return exception;
  }

  /** The three refusals that exist. */
  public enum Kind {
    /** bind: EADDRINUSE; on Windows WSAENOBUFS where there is no port left. */
    BIND_IN_USE,
    /** bind: EADDRNOTAVAIL, the address is not on this host. */
    BIND_NOT_AVAILABLE,
    /**
     * connect: EADDRNOTAVAIL, on Windows WSAEADDRINUSE: the 4-tuple is known, or no port is left to
     * pick.
     */
    CONNECT_NOT_AVAILABLE
  }
}
