package io.fourtuple.socket;

import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A socket whose source and port come from the ledger; see {@link BudgetedSocketFactory}. */
final class BudgetedSocket extends DelegatingSocket {
  private final Budget budget;

  // Guarded by the lock; volatile where read without it.
  private boolean connecting;
  private boolean rawIsUsed;
  private volatile boolean closed;
  private @Nullable PortWait wait;
  private Cleaner.@Nullable Cleanable watch;
  private volatile @Nullable HeldPort port;
  private volatile @Nullable InetAddress local;
  private volatile boolean boundToAny;
  private volatile @Nullable InputStream in;
  private volatile @Nullable OutputStream out;

  BudgetedSocket(Budget budget) {
    this.budget = budget;
  }

  // ---- bind

  @Override
  public void bind(@Nullable SocketAddress address) throws IOException {
    throwIfClosed();
    if (isBound()) {
      throw new SocketException("Already bound");
    }
    if (address != null && !(address instanceof InetSocketAddress)) {
      throw new IllegalArgumentException("Unsupported address type: " + address.getClass());
    }
    InetSocketAddress wanted = (InetSocketAddress) address;
    if (wanted == null || (wanted.getPort() == 0 && isAny(wanted))) {
      boundToAny = true;
    } else if (wanted.getPort() != 0) {
      raw().bind(wanted); // the caller's own, whom the ledger meets as a stranger
    } else {
      local = checked(wanted);
    }
  }

  private static boolean isAny(InetSocketAddress address) {
    return !address.isUnresolved() && address.getAddress().isAnyLocalAddress();
  }

  private static InetAddress checked(InetSocketAddress wanted) throws IOException {
    if (wanted.isUnresolved()) {
      throw new SocketException("Unresolved address: " + wanted);
    }
    InetAddress address = wanted.getAddress();
    new DatagramSocket(new InetSocketAddress(address, 0)).close(); // the kernel says if it is ours
    return address;
  }

  @Override
  public boolean isBound() {
    return boundToAny || local != null || super.isBound();
  }

  @Override
  public InetAddress getLocalAddress() {
    InetAddress chosen = local;
    return chosen != null && !super.isBound() && !closed ? chosen : super.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return (boundToAny || local != null) && !super.isBound() ? 0 : super.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return isBound() && !super.isBound()
        ? new InetSocketAddress(getLocalAddress(), 0)
        : super.getLocalSocketAddress();
  }

  // ---- connect

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout must be 0 or more, was " + timeout);
    }
    if (!(endpoint instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException("Unsupported address type: " + endpoint);
    }
    begin();
    boolean connected = false;
    try {
      if (super.isBound()) {
        Interruption.connect(raw(), endpoint, timeout);
      } else {
        // The time that a name service takes counts.
        ConnectCall call = new ConnectCall(budget, this, local, timeout);
        call.connect(addresses(address));
      }
      connected = true;
    } finally {
      end(connected);
    }
  }

  /** All addresses, where the caller has left it to us to look the name up. */
  private static List<InetSocketAddress> addresses(InetSocketAddress endpoint) throws IOException {
    if (!endpoint.isUnresolved()) {
      InetAddress address = endpoint.getAddress();
      return address.isAnyLocalAddress() // as the JDK's sockets do
          ? List.of(new InetSocketAddress(InetAddress.getLocalHost(), endpoint.getPort()))
          : List.of(endpoint);
    }
    List<InetSocketAddress> all = new ArrayList<>();
    for (InetAddress address : InetAddress.getAllByName(endpoint.getHostString())) {
      all.add(new InetSocketAddress(address, endpoint.getPort()));
    }
    return all;
  }

  private void begin() throws SocketException {
    lock.lock();
    try {
      throwIfClosed();
      if (connecting || isConnected()) {
        throw new SocketException("already connected");
      }
      connecting = true;
    } finally {
      lock.unlock();
    }
  }

  /** As with the JDK, a socket that failed to connect is closed. */
  private void end(boolean connected) throws IOException {
    lock.lock();
    try {
      connecting = false;
    } finally {
      lock.unlock();
    }
    if (!connected) {
      close();
    }
  }

  /** The port; null where there is none, or it is not counted. */
  @Nullable HeldPort port() {
    return port;
  }

  // ---- for the connect

  void throwIfClosed() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  /** A socket of the JDK that was neither bound nor connected, with the options that were set. */
  Socket renew() throws IOException {
    boolean isFresh;
    lock.lock();
    try {
      isFresh = !rawIsUsed;
      rawIsUsed = true;
    } finally {
      lock.unlock();
    }
    Socket old = raw();
    Socket fresh = old;
    if (!isFresh) {
      old.close();
      fresh = replaceRaw();
    }
    if (closed) {
      fresh.close(); // it may have come too late for whoever closed this
    }
    throwIfClosed();
    return fresh;
  }

  /** Says what ends when the socket is closed; null for nothing. */
  void waits(@Nullable PortWait next) {
    lock.lock();
    try {
      wait = next;
    } finally {
      lock.unlock();
    }
    if (next != null && closed) {
      next.closed();
    }
  }

  /**
   * The connection is there.
   *
   * @param held null where it is not counted
   * @throws SocketException where the socket has been closed meanwhile
   */
  void connected(Socket connected, @Nullable HeldPort held) throws IOException {
    Cleaner.Cleanable watching = held == null ? null : budget.lost.watch(this, held);
    boolean tooLate;
    lock.lock();
    try {
      tooLate = closed;
      if (!tooLate) {
        port = held;
        watch = watching;
      }
    } finally {
      lock.unlock();
    }
    if (tooLate) {
      reset(connected);
      if (held != null && watching != null) {
        held.close(false);
        watching.clean();
      }
    }
    throwIfClosed();
  }

  // ---- use

  @Override
  public InputStream getInputStream() throws IOException {
    throwIfClosed();
    InputStream from = raw().getInputStream();
    InputStream known = in;
    if (known == null) {
      known = new PortInputStream(this, from, port);
      in = known;
    }
    return known;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    throwIfClosed();
    OutputStream to = raw().getOutputStream();
    OutputStream known = out;
    if (known == null) {
      known = new PortOutputStream(this, to, port);
      out = known;
    }
    return known;
  }

  @Override
  public void shutdownInput() throws IOException {
    HeldPort held = port;
    if (held != null) {
      held.inputShutDown();
    }
    raw().shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    raw().shutdownOutput();
    HeldPort held = port;
    if (held != null) {
      held.outputShutDown();
    }
  }

  /** An owned port is shared only as long as this stays on. */
  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    if (on || !isOwned()) {
      super.setReuseAddress(on);
    }
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, @Nullable T value) throws IOException {
    if (!name.equals(StandardSocketOptions.SO_REUSEADDR)
        || Boolean.TRUE.equals(value)
        || !isOwned()) {
      super.setOption(name, value);
    }
    return this;
  }

  private boolean isOwned() {
    HeldPort held = port;
    if (held == null) {
      return false;
    }
    PortReservation reservation = held.reservation();
    return reservation.binds() && reservation.route().source().selection() == PortSelection.OWNED;
  }

  // ---- close

  @Override
  public boolean isClosed() {
    return closed || (port != null && raw().isClosed()); // by the JDK, for an interrupt
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it has a lock of its own
  public void close() throws IOException {
    boolean resets;
    PortWait waiting;
    Cleaner.Cleanable watching;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      resets = connecting;
      waiting = wait;
      watching = watch;
    } finally {
      lock.unlock();
    }
    HeldPort held = port;
    if (held != null) {
      try {
        held.close(true);
      } finally {
        if (watching != null) {
          watching.clean();
        }
      }
    } else if (resets) {
      reset(raw());
    } else {
      raw().close();
    }
    if (waiting != null) {
      waiting.closed();
    }
  }

  /** What is connecting may be connected by now: nothing of it is to be left. */
  private static void reset(Socket raw) throws IOException {
    try {
      raw.setSoLinger(true, 0);
    } catch (SocketException closed) {
      // Then nothing is left of it already.
    }
    raw.close();
  }
}
