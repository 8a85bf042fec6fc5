package io.fourtuple.netty;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;

/** A transport and a selection that exist together. */
enum Way {
  NIO_OWNED(Transport.NIO, PortSelection.OWNED, true),
  NIO_KERNEL_UNBOUND(Transport.NIO, PortSelection.KERNEL, false),
  NIO_EXCLUSIVE(Transport.NIO, PortSelection.EXCLUSIVE, true),
  EPOLL_OWNED(Transport.EPOLL, PortSelection.OWNED, true),
  EPOLL_PINNED(Transport.EPOLL, PortSelection.PINNED, true),
  EPOLL_KERNEL(Transport.EPOLL, PortSelection.KERNEL, true),
  EPOLL_KERNEL_UNBOUND(Transport.EPOLL, PortSelection.KERNEL, false),
  EPOLL_EXCLUSIVE(Transport.EPOLL, PortSelection.EXCLUSIVE, true),
  IO_URING_OWNED(Transport.IO_URING, PortSelection.OWNED, true),
  IO_URING_PINNED(Transport.IO_URING, PortSelection.PINNED, true),
  IO_URING_KERNEL(Transport.IO_URING, PortSelection.KERNEL, true),
  IO_URING_KERNEL_UNBOUND(Transport.IO_URING, PortSelection.KERNEL, false),
  IO_URING_EXCLUSIVE(Transport.IO_URING, PortSelection.EXCLUSIVE, true);

  /** The host's range in the private network. */
  static final PortRange EPHEMERAL = new PortRange(40_000, 40_063);

  /** A block outside of it. */
  static final PortRange BLOCK = new PortRange(20_000, 20_063);

  /**
   * The host's range while ports are EXCLUSIVE: what rests there is bound, and would take ports
   * from whoever lets the kernel pick afterwards.
   */
  private static final PortRange EXCLUSIVE = new PortRange(35_000, 35_063);

  final Transport transport;
  final PortSelection selection;
  final boolean binds;

  Way(Transport transport, PortSelection selection, boolean binds) {
    this.transport = transport;
    this.selection = selection;
    this.binds = binds;
  }

  /** Skips the test, with the reason, where this host has not got the transport. */
  void require() {
    Throwable missing = ChannelTransport.missing(transport);
    assumeTrue(missing == null, () -> transport + " is not available: " + missing);
  }

  /** Whether the kernel can be asked about a connection. */
  boolean hasTcpInfo() {
    return transport == Transport.EPOLL || transport == Transport.IO_URING;
  }

  boolean isExclusive() {
    return selection == PortSelection.EXCLUSIVE;
  }

  /** What the kernel picks from. */
  PortRange ephemeral() {
    return isExclusive() ? EXCLUSIVE : EPHEMERAL;
  }

  PortSet ports() {
    return PortSet.of(selection == PortSelection.OWNED ? BLOCK : ephemeral());
  }
}
