package io.fourtuple.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to a socket of the JDK, which is replaced by another with the same options
 * where the kernel refuses a port in the connect: the JDK closes a socket that failed to connect.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the lock below does
abstract class DelegatingSocket extends Socket {
  /** Guards what is written here and below; short steps only, no I/O that blocks. */
  final ReentrantLock lock = new ReentrantLock();

  private volatile Socket raw = newRaw();

  /** What was set before the connect, by option, in order. Guarded by the lock. */
  private final Map<String, Setting<?>> settings = new LinkedHashMap<>();

  private interface Setting<E extends IOException> {
    void applyTo(Socket raw) throws E;
  }

  /** No proxy of the system's settings: the budget is of what is connected to. */
  private static Socket newRaw() {
    return new Socket(Proxy.NO_PROXY);
  }

  final Socket raw() {
    return raw;
  }

  /** Another socket with the same options, where this one has been used. */
  final Socket replaceRaw() throws IOException {
    Socket next = newRaw();
    List<Setting<?>> all;
    lock.lock();
    try {
      all = List.copyOf(settings.values());
      raw = next;
    } finally {
      lock.unlock();
    }
    for (Setting<?> setting : all) {
      setting.applyTo(next);
    }
    return next;
  }

  private <E extends IOException> void set(SocketOption<?> option, Setting<E> setting) throws E {
    set(option.name(), setting);
  }

  private <E extends IOException> void set(String option, Setting<E> setting) throws E {
    Socket now = raw;
    setting.applyTo(now);
    lock.lock();
    try {
      settings.remove(option);
      settings.put(option, setting);
      if (now == raw) {
        return;
      }
    } finally {
      lock.unlock();
    }
    setting.applyTo(raw); // it was replaced meanwhile
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return raw.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return raw.getLocalAddress();
  }

  @Override
  public int getPort() {
    return raw.getPort();
  }

  @Override
  public int getLocalPort() {
    return raw.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return raw.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return raw.getLocalSocketAddress();
  }

  @Override
  public @Nullable SocketChannel getChannel() {
    return null;
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    set(StandardSocketOptions.TCP_NODELAY, to -> to.setTcpNoDelay(on));
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return raw.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    set(StandardSocketOptions.SO_LINGER, to -> to.setSoLinger(on, linger));
  }

  @Override
  public int getSoLinger() throws SocketException {
    return raw.getSoLinger();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    raw.sendUrgentData(data);
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    set("SO_OOBINLINE", to -> to.setOOBInline(on));
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return raw.getOOBInline();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    set("SO_TIMEOUT", to -> to.setSoTimeout(timeout));
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return raw.getSoTimeout();
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_SNDBUF, to -> to.setSendBufferSize(size));
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return raw.getSendBufferSize();
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, to -> to.setReceiveBufferSize(size));
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return raw.getReceiveBufferSize();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_KEEPALIVE, to -> to.setKeepAlive(on));
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return raw.getKeepAlive();
  }

  @Override
  public void setTrafficClass(int trafficClass) throws SocketException {
    set(StandardSocketOptions.IP_TOS, to -> to.setTrafficClass(trafficClass));
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return raw.getTrafficClass();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_REUSEADDR, to -> to.setReuseAddress(on));
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return raw.getReuseAddress();
  }

  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
    // The JDK's sockets have none.
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, @Nullable T value) throws IOException {
    set(name, to -> to.setOption(name, value));
    return this;
  }

  @Override
  public <T> @Nullable T getOption(SocketOption<T> name) throws IOException {
    return raw.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return raw.supportedOptions();
  }

  @Override
  public boolean isConnected() {
    return raw.isConnected();
  }

  @Override
  public boolean isBound() {
    return raw.isBound();
  }

  @Override
  public boolean isClosed() {
    return raw.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return raw.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return raw.isOutputShutdown();
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
