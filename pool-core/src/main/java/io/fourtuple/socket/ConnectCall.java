package io.fourtuple.socket;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connect of one socket, on the thread that called it: asks for a port, waits for one, tries
 * another where the kernel refuses it, and another address where there are several.
 */
final class ConnectCall {
  /** How many ports of a route the kernel may refuse in a row before the route rests. */
  private static final int MOST_REFUSALS = 8;

  private final Budget budget;
  private final BudgetedSocket socket;
  private final @Nullable InetAddress local;
  private final long since;

  /** Null for none. */
  private final @Nullable Deadline deadline;

  /**
   * The call, from now on.
   *
   * @param local the source that the caller has bound; null for none
   * @param timeoutMillis 0 for none
   */
  ConnectCall(
      Budget budget, BudgetedSocket socket, @Nullable InetAddress local, int timeoutMillis) {
    this.budget = budget;
    this.socket = socket;
    this.local = local;
    this.since = ledger().ticker().read();
    this.deadline =
        timeoutMillis == 0 ? null : Deadline.after(since, Duration.ofMillis(timeoutMillis));
  }

  private PortLedger ledger() {
    return budget.ledger();
  }

  private long now() {
    return ledger().ticker().read();
  }

  /** Connects to the first of some addresses that lets us. */
  void connect(List<InetSocketAddress> addresses) throws IOException {
    IOException failure = null;
    for (int i = 0; i < addresses.size(); i++) {
      try {
        new ToEndpoint(Endpoint.of(addresses.get(i)), share(addresses.size() - i)).connect();
        return;
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else if (e != failure) {
          failure.addSuppressed(e);
        }
        if (socket.isClosed()) {
          throw e;
        }
      }
    }
    throw failure != null ? failure : new SocketException("no address to connect to");
  }

  /** Leaves as much time to each address that is still to come. */
  private @Nullable Deadline share(int addresses) {
    if (deadline == null) {
      return null;
    }
    long now = now();
    return Deadline.after(now, deadline.left(now).dividedBy(addresses));
  }

  /** The connect to one address. */
  private final class ToEndpoint {
    private final Endpoint endpoint;
    private final @Nullable Deadline end;
    private final Deadline endOfWait;
    private final Budget.Ways ways;
    private @Nullable IOException refusal;
    private int refusals;

    ToEndpoint(Endpoint endpoint, @Nullable Deadline end) throws IOException {
      this.endpoint = endpoint;
      this.end = end;
      Deadline patience = Deadline.after(since, budget.maxWait);
      this.endOfWait = end != null && end.isBefore(patience) ? end : patience;
      this.ways = budget.ways(endpoint, local);
    }

    void connect() throws IOException {
      PortReservation reservation = reserve();
      while (reservation != null) {
        if (connect(reservation)) {
          return;
        }
        refusals++;
        if (refusals % MOST_REFUSALS == 0) {
          ledger().coolDown(reservation.route());
        }
        reservation = reserve();
      }
      // The route rests after refusals of the kernel, and nobody may wait for that.
      socket.connected(open(socket.renew()), null);
    }

    /** A port; null where there is none and budgets are only observed. */
    private @Nullable PortReservation reserve() throws IOException {
      if (refusals > 0 && endOfWait.isOver(now())) {
        throw outOfTime();
      }
      // Whoever was served and refused does not go to the end of the queue.
      PortReservation reservation =
          refusals > 0
              ? ledger().tryReserve(ways.routes())
              : budget.queues.tryReserve(ways.routes());
      if (reservation != null || ledger().enforcement() == Enforcement.OBSERVE) {
        return reservation;
      }
      return waitForPort();
    }

    private PortReservation waitForPort() throws IOException {
      List<Route> routes = ways.routes();
      PortWait wait = new PortWait(since, endOfWait);
      if (endOfWait.isOver(now()) || !budget.queues.add(wait, routes)) {
        throw outOfTime();
      }
      Scheduler.Cancellable timer =
          ledger().scheduler().schedule(wait::timedOut, endOfWait.left(now()));
      try {
        socket.waits(wait);
        PortReservation reservation = wait.await();
        if (reservation == null) {
          throw outOfTime();
        }
        return reservation;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Interruption.interrupted("while waiting for a local port to " + endpoint, e);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException why ? why : new IOException(e.getCause());
      } finally {
        timer.cancel();
        budget.queues.remove(wait, routes);
        socket.waits(null);
      }
    }

    /** What the caller's time-out makes of it, or else a refusal. */
    private IOException outOfTime() {
      Duration waited = Duration.ofNanos(now() - since);
      PortsExhaustedException exhausted =
          budget.queues.exhausted(ways.routes(), waited, budget.queues.untilFree(ways.routes()));
      if (refusal != null) {
        exhausted.addSuppressed(refusal);
      }
      if (end == null || !end.isOver(now())) {
        return exhausted;
      }
      SocketTimeoutException timeout = new SocketTimeoutException(exhausted.getMessage());
      timeout.initCause(exhausted);
      return timeout;
    }

    /** False where the kernel has refused the port. */
    private boolean connect(PortReservation reservation) throws IOException {
      Socket raw;
      try {
        raw = socket.renew();
      } catch (IOException e) {
        reservation.settle(Ending.ABANDONED);
        throw e;
      }
      reservation.connecting();
      return bind(raw, reservation) && connect(raw, reservation);
    }

    private boolean bind(Socket raw, PortReservation reservation) throws IOException {
      SourceAddress source = reservation.route().source();
      if (!reservation.binds() || !(ways.binds() || source.selection().ledgerPicks())) {
        return true;
      }
      try {
        if (source.selection() == PortSelection.OWNED) {
          raw.setReuseAddress(true);
        }
        raw.bind(new InetSocketAddress(source.address(), reservation.port()));
        return true;
      } catch (IOException e) {
        Ending ending = SocketFaults.ofBind(e);
        reservation.settle(ending == null ? Ending.ABANDONED : ending);
        socket.throwIfClosed();
        if (ending == null) {
          throw e;
        }
        refusal = e;
        return false;
      }
    }

    private boolean connect(Socket raw, PortReservation reservation) throws IOException {
      try {
        open(raw);
      } catch (IOException e) {
        boolean isTaken = SocketFaults.isTupleTaken(e);
        reservation.settle(isTaken ? Ending.TUPLE_TAKEN : Ending.CONNECT_FAILED);
        socket.throwIfClosed();
        if (!isTaken || !reservation.binds()) {
          throw e;
        }
        refusal = e;
        return false;
      }
      int port = raw.getLocalPort();
      if (port <= 0) {
        reservation.settle(Ending.CONNECT_FAILED); // closed by another thread, with a reset
        throw new SocketException("Socket closed");
      }
      reservation.established(port);
      socket.connected(raw, new HeldPort(reservation, raw));
      return true;
    }

    private Socket open(Socket raw) throws IOException {
      Interruption.connect(raw, endpoint.toSocketAddress(), millisLeft());
      return raw;
    }

    private int millisLeft() throws InterruptedIOException {
      if (end == null) {
        return 0;
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(end.nanosLeft(now()));
      return (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE));
    }
  }
}
