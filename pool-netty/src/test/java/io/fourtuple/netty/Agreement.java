package io.fourtuple.netty;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.host.TcpState;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A ledger's census against the kernel's table, when nothing is on its way. */
public final class Agreement {
  private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  /**
   * Most of them after the longest pause: 100 s. Where the kernel reuses ports, the ledger knows no
   * rest of them, and the kernel shows it for 60 to 65 s, all of which may end at once.
   */
  private static final int LOOKS_WITHOUT_PROGRESS = 1_000;

  private Agreement() {}

  /** Waits for it; fails with the differences where they stay the same. */
  public static void await(PortLedger ledger) {
    List<String> found = settle(() -> differences(ledger, Rests.COUNT), LOOKS_WITHOUT_PROGRESS);
    if (!found.isEmpty()) {
      throw new AssertionError("the kernel and the ledger differ, and nothing changes: " + found);
    }
  }

  /** Looks until nothing is found, or the same so many times; returns what was found last. */
  static List<String> settle(Supplier<List<String>> differences, int looksWithoutProgress) {
    long pause = SHORTEST_PAUSE_NANOS;
    int looks = 0;
    List<String> found = differences.get();
    while (!found.isEmpty() && looks < looksWithoutProgress) {
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      List<String> now = differences.get();
      looks = now.equals(found) ? looks + 1 : 0;
      found = now;
    }
    return found;
  }

  /** Whether the kernel may have a rest that the ledger does not know. */
  enum Rests {
    COUNT,
    /** Because clocks have jumped, say. */
    DO_NOT_COUNT
  }

  /**
   * Routes on which not all is as it should be: established connections are those of the kernel, it
   * has no rest that the ledger does not know, and neither has anything else.
   */
  static List<String> differences(PortLedger ledger, Rests rests) {
    List<TcpSocket> sockets = sockets();
    List<String> found = new ArrayList<>();
    for (PortCensus census : ledger.census()) {
      List<TcpState> states =
          sockets.stream()
              .filter(socket -> isOn(census.route(), socket))
              .map(TcpSocket::state)
              .toList();
      int established = Collections.frequency(states, TcpState.ESTABLISHED);
      int resting = Collections.frequency(states, TcpState.TIME_WAIT);
      if (census.established() != established
          || (rests == Rests.COUNT && census.timeWait() < resting)
          || states.size() != established + resting
          || census.reserved() + census.connecting() + census.closing() > 0) {
        found.add(counts(census) + ", but in the kernel " + states);
      }
    }
    return found;
  }

  /** Without what changes by itself, such as the time to the next expiry. */
  private static String counts(PortCensus census) {
    return "%s: reserved %d, connecting %d, established %d, closing %d, time-wait %d"
        .formatted(
            census.route(),
            census.reserved(),
            census.connecting(),
            census.established(),
            census.closing(),
            census.timeWait());
  }

  /** How many sockets the kernel has on a route in a state. */
  static int inKernel(Route route, TcpState state) {
    return (int)
        sockets().stream().filter(socket -> isOn(route, socket) && socket.state() == state).count();
  }

  private static boolean isOn(Route route, TcpSocket socket) {
    return socket.localAddress().equals(route.source().address())
        && route.source().ports().contains(socket.localPort())
        && socket.remoteAddress().equals(route.endpoint().address())
        && socket.remotePort() == route.endpoint().port();
  }

  private static List<TcpSocket> sockets() {
    try {
      return SocketTable.read().stream().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
