package io.fourtuple.netty;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;

/** A transport and a selection that exist together. */
enum Way {
  NIO_OWNED(Transport.NIO, PortSelection.OWNED, true),
  NIO_KERNEL_UNBOUND(Transport.NIO, PortSelection.KERNEL, false),
  EPOLL_OWNED(Transport.EPOLL, PortSelection.OWNED, true),
  EPOLL_PINNED(Transport.EPOLL, PortSelection.PINNED, true),
  EPOLL_KERNEL(Transport.EPOLL, PortSelection.KERNEL, true),
  EPOLL_KERNEL_UNBOUND(Transport.EPOLL, PortSelection.KERNEL, false);

  /** The host's range in the private network. */
  static final PortRange EPHEMERAL = new PortRange(40_000, 40_063);

  /** A block outside of it. */
  static final PortRange BLOCK = new PortRange(20_000, 20_063);

  final Transport transport;
  final PortSelection selection;
  final boolean binds;

  Way(Transport transport, PortSelection selection, boolean binds) {
    this.transport = transport;
    this.selection = selection;
    this.binds = binds;
  }

  PortSet ports() {
    return PortSet.of(selection == PortSelection.OWNED ? BLOCK : EPHEMERAL);
  }
}
