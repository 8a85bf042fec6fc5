package io.fourtuple.socket;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The port of one connected socket, until it is closed, and what has been seen of who closes first:
 * it decides how long the port rests. Keeps the socket of the JDK alive, but never the user's, so
 * that the garbage collector can find that one lost. Thread-safe.
 */
final class HeldPort {
  private final PortReservation reservation;
  private final Socket socket;
  private final AtomicBoolean closed = new AtomicBoolean();

  // Each is set once. Which FIN was first is decided where the second is seen.
  private volatile boolean peerClosed;
  private volatile boolean outputClosed;
  private volatile boolean inputClosed;
  private volatile boolean peerClosedFirst;
  private volatile boolean isReset;

  /** Set when it is settled. */
  private volatile Ending ending = Ending.UNKNOWN;

  HeldPort(PortReservation reservation, Socket socket) {
    this.reservation = reservation;
    this.socket = socket;
  }

  PortReservation reservation() {
    return reservation;
  }

  /** How the connection has ended, once it is closed. */
  Ending ending() {
    return ending;
  }

  /** A read has met the end of the stream; which the kernel also says after our own shutdown. */
  void endOfStream() {
    if (inputClosed || peerClosed) {
      return;
    }
    peerClosedFirst = !outputClosed;
    peerClosed = true;
    closing();
  }

  void inputShutDown() {
    inputClosed = true;
  }

  void outputShutDown() {
    outputClosed = true;
    closing();
  }

  private void closing() {
    if (!closed.get()) {
      try {
        reservation.closing();
      } catch (IllegalStateException settled) {
        // Another thread has closed the socket just now.
      }
    }
  }

  /**
   * A read or write has failed. After a reset the kernel has dropped the connection; and the JDK
   * has closed the socket where it interrupts a virtual thread.
   */
  void failed(IOException error) throws IOException {
    if (SocketFaults.isReset(error)) {
      isReset = true;
    }
    if (socket.isClosed()) {
      close(false);
    }
  }

  /**
   * Closes the socket and gives the port back; false where that is done already, or being done.
   *
   * @param linger whether the user's {@code SO_LINGER} may delay this
   */
  boolean close(boolean linger) throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    try {
      int seconds = socket.getSoLinger();
      ending = endingOf(seconds == 0);
      if (seconds > 0 && !linger) {
        socket.setSoLinger(false, 0);
      }
    } catch (SocketException broken) {
      ending = endingOf(false);
    }
    try {
      socket.close();
    } finally {
      reservation.closing();
      reservation.settle(ending);
    }
    return true;
  }

  /**
   * What the close will have been. Where neither FIN was seen nobody knows whether the peer's is
   * there already, unread; the ledger then asks the kernel.
   */
  private Ending endingOf(boolean resets) {
    if (isReset) {
      return Ending.RESET;
    }
    if (peerClosed && outputClosed) {
      return peerClosedFirst ? Ending.PEER_CLOSED_FIRST : Ending.LOCAL_CLOSED_FIRST;
    }
    if (resets) {
      // After our own FIN the kernel may be in TIME_WAIT, of which a reset leaves everything.
      return outputClosed ? Ending.UNKNOWN : Ending.RESET;
    }
    return peerClosed ? Ending.PEER_CLOSED_FIRST : Ending.UNKNOWN;
  }
}
