package io.fourtuple.port;

import java.util.Map;

/** Corrects what we believe of a route by what the kernel's socket table shows: the kernel wins. */
final class KernelAgreement {
  /** The shortest rest that a stamp can stand for, in milliseconds. */
  private static final long SHORTEST_REST = 1_000;

  private final RoutePorts ports;
  private final PortTable table;
  private final long seen;
  private int corrected;

  private KernelAgreement(RoutePorts ports, long seen) {
    this.ports = ports;
    this.table = ports.table;
    this.seen = seen;
  }

  /**
   * Makes a route agree. Needs the ledger's lock.
   *
   * @param shown the kernel's sockets on this route, by local port
   * @param seen when the table was read, in milliseconds since the ledger began
   * @return how many ports were corrected
   */
  static int make(RoutePorts ports, Map<Integer, KernelSocket.Kind> shown, long seen) {
    KernelAgreement agreement = new KernelAgreement(ports, seen);
    agreement.table.forEachUsed(
        (port, state) -> {
          if (!shown.containsKey(port)) {
            agreement.notShown(port, state);
          }
        });
    shown.forEach(agreement::shown);
    ports.rests.shown(seen);
    return agreement.corrected;
  }

  private void notShown(int port, PortState state) {
    // What makes the kernel refuse a port, such as a bind by others, need not show on this route.
    boolean wasShown = state == PortState.FOREIGN && table.ending(port) == null;
    if ((wasShown || state == PortState.TIME_WAIT) && beganBefore(port)) {
      ports.free(port);
      corrected++;
    }
  }

  /** Whether the rest of a port began before the table was read. Stamps wrap, hence the ints. */
  private boolean beganBefore(int port) {
    Ending ending = table.ending(port);
    long hold = ending == null ? Distrust.LONGEST_PAUSE : ports.timeWaitMillis(ending);
    int began = table.stamp(port) - (int) Math.max(hold, SHORTEST_REST);
    return began - (int) seen < 0;
  }

  private void shown(int port, KernelSocket.Kind kind) {
    if (!table.contains(port)) {
      return;
    }
    boolean rests = kind == KernelSocket.Kind.TIME_WAIT;
    if (rests && isInDoubt(port)) {
      ports.restsAfter(port, Ending.LOCAL_CLOSED_FIRST); // now it is known
    }
    if (!wasBelievedFree(port)) {
      return;
    }
    if (rests) {
      if (ports.isReusedByKernel()) {
        return; // it may have rested enough: nobody tells since when it rests
      }
      Ending ending = Ending.LOCAL_CLOSED_FIRST;
      long until = seen + ports.timeWaitMillis(ending);
      ports.hold(port, PortState.FREE, PortState.TIME_WAIT, ending, until);
    } else if (kind == KernelSocket.Kind.CLOSING
        && table.wasFreedWithin(port, RoutePorts.OWN_TRACES_MILLIS, seen)) {
      // Our own last connection, still waiting for an acknowledgement: over in a round trip or two.
      long until = seen + SHORTEST_REST;
      ports.hold(port, PortState.FREE, PortState.TIME_WAIT, Ending.TUPLE_TAKEN, until);
    } else if (ports.hasNamelessPermits()) {
      return; // it may be the port of a permit that has not told yet
    } else {
      long until = seen + Distrust.LONGEST_PAUSE;
      ports.hold(port, PortState.FREE, PortState.FOREIGN, null, until);
    }
    corrected++;
  }

  private boolean isInDoubt(int port) {
    return table.state(port) == PortState.TIME_WAIT
        && table.ending(port) == Ending.UNKNOWN
        && beganBefore(port);
  }

  private boolean wasBelievedFree(int port) {
    int freed = table.stamp(port);
    return table.state(port) == PortState.FREE && (freed == 0 || freed - (int) seen < 0);
  }
}
