package io.fourtuple.testkit;

import io.fourtuple.testkit.SimulatedPeer.Farewell;
import io.fourtuple.time.Scheduler;
import java.time.Duration;

/** How connections on a {@link SimulatedKernel} end, and what they leave behind. */
final class SimulatedEndings {
  private final SimulatedKernel kernel;
  private final PortSharing ports;
  private final KernelTimers lengths;
  private final Scheduler timers;
  private int resting;
  Duration roundTrip = Duration.ofMillis(1);
  Duration heldAfterClose = Duration.ofMillis(5);
  int maxTimeWaitBuckets = 131_072;

  SimulatedEndings(SimulatedKernel kernel, PortSharing ports, KernelTimers lengths) {
    this.kernel = kernel;
    this.ports = ports;
    this.lengths = lengths;
    this.timers = kernel.time().surroundings();
  }

  /** shutdown(SHUT_WR): sends our FIN. */
  void shutdownOutput(SimulatedSocket socket) {
    if (socket.state == TcpState.ESTABLISHED) {
      move(socket, TcpState.FIN_WAIT1);
      after(socket, roundTrip, () -> finAnswered(socket));
    } else if (socket.state == TcpState.CLOSE_WAIT) {
      move(socket, TcpState.LAST_ACK);
      boolean heldLonger = heldAfterClose.compareTo(roundTrip) > 0;
      after(socket, heldLonger ? heldAfterClose : roundTrip, () -> finAnswered(socket));
    }
  }

  private void finAnswered(SimulatedSocket socket) {
    if (kernel.peerOf(socket).hasVanished()) {
      if (socket.orphan) {
        if (socket.state != TcpState.FIN_WAIT1) {
          socket.silentlyHeld = true; // user space has seen both FINs and thinks it over
          socket.leavesNat.run(); // and so has the NAT
          kernel.disturbed = true;
        }
        after(socket, lengths.unansweredFin(), () -> forget(socket));
      }
      return;
    }
    switch (socket.state) {
      case LAST_ACK -> forget(socket);
      case CLOSING -> rest(socket);
      case FIN_WAIT1 -> {
        move(socket, TcpState.FIN_WAIT2);
        if (socket.orphan) {
          after(socket, lengths.finWait2(kernel.limits()), () -> forget(socket));
        }
        if (kernel.peerOf(socket).farewell() == Farewell.CLOSES_TOO) {
          sayFarewell(socket);
        }
      }
      default -> throw new AssertionError("no FIN of ours is under way: " + socket);
    }
  }

  private void sayFarewell(SimulatedSocket socket) {
    Duration silence = kernel.peerOf(socket).silence();
    if (silence.isZero()) {
      peerCloses(socket);
    } else {
      timers.schedule(() -> peerCloses(socket), silence);
    }
  }

  /** close(2). Our FIN goes out if it has not; nothing is heard of the socket any more. */
  void close(SimulatedSocket socket) {
    if (socket.orphan || !socket.present) {
      return;
    }
    socket.orphan = true;
    switch (socket.state) {
      case SYN_SENT -> forget(socket);
      case ESTABLISHED, CLOSE_WAIT -> shutdownOutput(socket);
      case FIN_WAIT1 -> after(socket, roundTrip, () -> finAnswered(socket));
      case FIN_WAIT2 -> after(socket, lengths.finWait2(kernel.limits()), () -> forget(socket));
      default -> {}
    }
  }

  /** SO_LINGER 0 and close(2), or a close with unread data: a reset goes out. */
  void reset(SimulatedSocket socket) {
    socket.orphan = true;
    if (!socket.present || socket.state == TcpState.TIME_WAIT) {
      return;
    }
    if (socket.state == TcpState.SYN_SENT) {
      forget(socket);
      return;
    }
    move(socket, TcpState.CLOSE);
    after(socket, heldAfterClose, () -> forget(socket));
  }

  /** The peer's FIN arrives. */
  void peerCloses(SimulatedSocket socket) {
    if (!socket.present) {
      return;
    }
    switch (socket.state) {
      case ESTABLISHED -> move(socket, TcpState.CLOSE_WAIT);
      case FIN_WAIT1 -> socket.state = TcpState.CLOSING; // the answer to our FIN is still to come
      case FIN_WAIT2 -> rest(socket);
      default -> {
        return;
      }
    }
    if (!socket.orphan) {
      socket.events.endOfStream();
    }
  }

  /** A reset of the peer arrives. */
  void peerResets(SimulatedSocket socket) {
    if (!socket.isConnected()) {
      return;
    }
    forget(socket);
    if (!socket.orphan) {
      socket.events.reset();
    }
  }

  private void rest(SimulatedSocket socket) {
    if (resting >= maxTimeWaitBuckets) {
      forget(socket);
      return;
    }
    move(socket, TcpState.TIME_WAIT);
    resting++;
    socket.leavesNat.run();
    after(socket, lengths.timeWait(), () -> forget(socket));
  }

  void move(SimulatedSocket socket, TcpState next) {
    socket.timer.cancel();
    socket.state = next;
    socket.since = kernel.time().elapsedNanos();
  }

  void after(SimulatedSocket socket, Duration delay, Runnable task) {
    socket.timer.cancel();
    socket.timer = timers.schedule(task, delay);
  }

  void forget(SimulatedSocket socket) {
    if (socket.present) {
      socket.present = false;
      resting -= socket.state == TcpState.TIME_WAIT ? 1 : 0;
      socket.leavesNat.run();
      socket.timer.cancel();
      ports.remove(socket);
    }
  }
}
