package io.fourtuple.socket;

import static java.util.Objects.requireNonNull;

import io.fourtuple.host.HostPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gives the blocking sockets of any client port budgets: hand it to the client as its socket
 * factory.
 *
 * <pre>{@code
 * SocketFactory sockets = BudgetedSocketFactory.create(); // one for all clients
 * }</pre>
 *
 * <p>A socket takes its source address and local port from the ledger when it connects. Where the
 * budget is spent the connect waits in order, for at most the time-out of {@link
 * Socket#connect(java.net.SocketAddress, int)}, which covers the look-up of a name, the wait and
 * the connect together, and for at most {@link BudgetedSocketFactoryBuilder#maxWait}. It fails with
 * {@link io.fourtuple.port.PortsExhaustedException} where no port came in {@code maxWait}, or can
 * come in time, or too many wait already, and with {@link java.net.SocketTimeoutException}, which
 * has the former as its cause, where the connect's own time-out was shorter. Where the kernel
 * refuses a port that another program holds, another one is taken. All other failures are those of
 * the JDK's sockets: {@link java.net.ConnectException}, {@link java.net.NoRouteToHostException},
 * {@link java.net.UnknownHostException}. As there, a socket that failed to connect is closed.
 *
 * <p>The port is given back when the socket is closed, by whatever way: {@code close}, the close of
 * a stream or of a TLS socket around it, or the garbage collector's find of a socket that nobody
 * has closed, which is logged as a warning. How long the port then rests depends on who closed
 * first, as far as that was seen in reads, shutdowns and {@code SO_LINGER}; else the ledger asks
 * the kernel, and until it knows counts the port as resting.
 *
 * <p>The sockets do all that sockets of the JDK do, with these differences:
 *
 * <ul>
 *   <li>An interrupt ends a connect, also while it waits and on platform threads: the socket is
 *       closed, {@link java.net.SocketException} is thrown, and the thread stays interrupted. So
 *       does a close by another thread.
 *   <li>An unresolved address is looked up by the connect; its addresses are tried in order, each
 *       with an equal share of the time that is left.
 *   <li>{@code bind} to an address without port makes that address the source, and the port is
 *       picked by the connect: {@code getLocalPort} is 0 until then. {@code bind} to a port leaves
 *       the socket to the caller: it is not counted, and does not wait.
 *   <li>{@code setReuseAddress(false)} has no effect while the socket holds an {@link
 *       io.fourtuple.port.PortSelection#OWNED} port, which only is shared as long as it is on.
 *   <li>The system's SOCKS proxy is not used. {@code getChannel} is null.
 * </ul>
 *
 * <p>No monitor is held while a thread waits or connects: virtual threads do not keep their
 * carriers. Thread-safe; needs no closing.
 */
public class BudgetedSocketFactory extends SocketFactory {
  private final Budget budget;

  /** One budget for all factories that are made by name, a factory for each connection. */
  private static final class Shared {
    static final Shared OF_HOST = new Shared();
    private final ConcurrentMap<String, Budget> bySources = new ConcurrentHashMap<>();

    /** By sources, separated by commas; empty for none. Not under the map's lock: it does I/O. */
    Budget budget(String sources) {
      Budget known = bySources.get(sources);
      if (known != null) {
        return known;
      }
      Budget made = new BudgetedSocketFactoryBuilder().ports(ports(sources)).budget();
      Budget first = bySources.putIfAbsent(sources, made);
      return first != null ? first : made;
    }

    private static HostPorts ports(String sources) {
      if (sources.isEmpty()) {
        return Budget.defaultPorts();
      }
      String[] literals =
          Arrays.stream(sources.split(",", -1)).map(String::strip).toArray(String[]::new);
      return HostPorts.builder().sources(literals).build();
    }
  }

  /**
   * The same as {@link #create()}, for clients that are told a factory by its class name. All such
   * factories share their budget, for some clients make one for each connection.
   */
  public BudgetedSocketFactory() {
    this(Shared.OF_HOST.budget(""));
  }

  /**
   * The same with given sources, for clients that are told a factory by its class name and an
   * argument. All such factories with an equal argument share their budget.
   *
   * @param sources addresses of this host, separated by commas, such as {@code 10.0.0.5,10.0.0.6};
   *     an empty text leaves them to the kernel
   * @throws IllegalArgumentException where these are no addresses to connect from
   */
  public BudgetedSocketFactory(String sources) {
    this(Shared.OF_HOST.budget(sources.strip()));
  }

  /**
   * The same as another factory: for a class of your own, whose name you give to such a client.
   *
   * @param same whose budget is shared
   */
  protected BudgetedSocketFactory(BudgetedSocketFactory same) {
    this(same.budget);
  }

  BudgetedSocketFactory(Budget budget) {
    this.budget = budget;
  }

  /**
   * A factory with defaults. The kernel chooses the source address; on Linux the ledger owns the
   * ports, a block of 10000-29999 that nobody else is known to use, for the JDK's sockets cannot
   * bind a source otherwise; where there is no such block, and on other systems, the kernel picks
   * ports as well.
   */
  public static BudgetedSocketFactory create() {
    return new BudgetedSocketFactory();
  }

  /**
   * A factory that connects from some ports.
   *
   * @throws IllegalArgumentException as {@link HostPorts#forTransport} does
   */
  public static BudgetedSocketFactory create(HostPorts ports) {
    return builder().ports(ports).build();
  }

  /** Starts a factory that differs from the defaults. */
  public static BudgetedSocketFactoryBuilder builder() {
    return new BudgetedSocketFactoryBuilder();
  }

  /**
   * TLS over this factory's sockets, for clients that want an {@link SSLSocketFactory}. The sockets
   * that it connects itself, or is given connected, are TLS sockets of the context. Its {@code
   * createSocket()} without arguments is a plain socket, to be connected and then layered by {@code
   * createSocket(socket, host, port, autoClose)}: that is how {@link
   * javax.net.ssl.HttpsURLConnection} goes about it.
   */
  public SSLSocketFactory tls(SSLContext context) {
    return new BudgetedSslSocketFactory(this, context.getSocketFactory());
  }

  final Budget budget() {
    return budget;
  }

  /** Whose ports are used. */
  public HostPorts ports() {
    return budget.ports;
  }

  /** How many connects wait for a port now. */
  public int waiting() {
    return budget.queues.waiting();
  }

  /** The longest wait for a port. */
  public Duration maxWait() {
    return budget.maxWait;
  }

  @Override
  public Socket createSocket() {
    return new BudgetedSocket(budget);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(InetSocketAddress.createUnresolved(host, port), null);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return connected(
        InetSocketAddress.createUnresolved(host, port), new InetSocketAddress(local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(
        new InetSocketAddress(requireNonNull(host, "host must not be null"), port), null);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return connected(
        new InetSocketAddress(requireNonNull(host, "host must not be null"), port),
        new InetSocketAddress(local, localPort));
  }

  private Socket connected(InetSocketAddress remote, @Nullable InetSocketAddress local)
      throws IOException {
    Socket socket = createSocket();
    try {
      if (local != null) {
        socket.bind(local);
      }
      socket.connect(remote);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
