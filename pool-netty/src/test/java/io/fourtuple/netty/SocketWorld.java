package io.fourtuple.netty;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpState;
import io.fourtuple.pool.Connector;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.ConnectorWorld;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The contract's world on real sockets, in a private network whose settings it may change. Each has
 * a server port of its own, and where the source is bound an address of its own.
 */
final class SocketWorld implements ConnectorWorld<Channel> {
  private static final AtomicInteger NEXT_SOURCE = new AtomicInteger();
  private static final long LOOK_AGAIN_NANOS = 1_000_000;
  private static final int LOOKS_WITHOUT_PROGRESS = 20_000;

  private final Way way;
  private final SourceAddress source;
  private final PortLedger ledger;
  private final NettyConnector connector;
  private final RawServer server;
  private final Endpoint nobody;
  private final Map<Integer, Socket> accepted = new HashMap<>();
  private final List<Socket> neighbours = new ArrayList<>();
  private final List<ServerSocket> listeners = new ArrayList<>();
  private @Nullable RawServer silent;

  SocketWorld(Way way, Setting setting) throws IOException {
    way.require();
    this.way = way;
    server = RawServer.accepting();
    PortRange ephemeral = firstOf(way.ephemeral(), setting.ports());
    Sysctl.localPortRange(ephemeral);
    Sysctl.TIME_WAIT_REUSE.write(Integer.toString(setting.reuse().ordinal()));
    Sysctl.TIME_WAIT_REUSE_DELAY.writeIfKnown("100");
    ledger = PortLedger.create(HostNetwork.read().limits());
    PortRange ports =
        way.selection == PortSelection.OWNED ? firstOf(Way.BLOCK, setting.ports()) : ephemeral;
    source = source(way.binds ? freshAddress() : InetAddress.getLoopbackAddress(), ports);
    connector =
        NettyConnector.builder()
            .transport(way.transport)
            .connectTimeout(setting.connectTimeout())
            .closeTimeout(setting.closeTimeout())
            .build(abilities -> new Sources(ledger, endpoint -> List.of(source), way.binds));
    try (RawServer gone = RawServer.accepting()) {
      nobody = gone.endpoint();
    }
  }

  private static PortRange firstOf(PortRange range, int ports) {
    return new PortRange(range.first(), range.first() + ports - 1);
  }

  /** A loopback address that nobody has used: nothing rests there. */
  static InetAddress freshAddress() {
    int n = NEXT_SOURCE.incrementAndGet();
    return Endpoint.of("127.1." + n / 250 + "." + (1 + n % 250), 1).address();
  }

  private SourceAddress source(InetAddress address, PortRange ports) {
    return new SourceAddress(
        address, PortSet.of(ports), way.selection, new PortBudget(ports.size(), 0, ports.size()));
  }

  @Override
  public Connector<Channel> connector() {
    return connector;
  }

  @Override
  public SourceAddress source() {
    return source;
  }

  @Override
  public SourceAddress lostSource() {
    return source(Endpoint.of("192.0.2.77", 1).address(), source.ports().ranges().get(0));
  }

  @Override
  public boolean binds() {
    return way.binds;
  }

  @Override
  public boolean outlastsTimeWait() {
    return !way.isExclusive(); // a minute
  }

  @Override
  public Endpoint peer() {
    return server.endpoint();
  }

  @Override
  public Endpoint nobody() {
    return nobody;
  }

  @Override
  public Endpoint silent() throws IOException {
    if (silent == null) {
      silent = RawServer.silent();
    }
    return silent.endpoint();
  }

  @Override
  public PeerEnd peerOf(Channel connection) throws InterruptedException {
    int port = ((InetSocketAddress) connection.localAddress()).getPort();
    while (accepted.get(port) == null || accepted.get(port).isClosed()) {
      Socket next = server.next();
      accepted.put(next.getPort(), next);
    }
    return new SocketEnd(accepted.get(port));
  }

  @Override
  public void await(String what, BooleanSupplier condition) {
    awaitUntil(what, condition);
  }

  /** Looks every millisecond, for 20 s or longer. */
  static void awaitUntil(String what, BooleanSupplier condition) {
    awaitUntil(what, condition, () -> "no progress is known");
  }

  /** Likewise, and so long again whenever {@code progress} is another than before. */
  static void awaitUntil(String what, BooleanSupplier condition, Supplier<?> progress) {
    Object before = progress.get();
    for (int i = 0; !condition.getAsBoolean(); i++) {
      Object now = progress.get();
      if (!now.equals(before)) {
        before = now;
        i = 0;
      } else if (i == LOOKS_WITHOUT_PROGRESS) {
        throw new AssertionError("never came: " + what + "; " + now);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** Only then the kernel gives all of our ports to that server again. */
  static void awaitLastAcks(Endpoint server) {
    awaitUntil("the last acknowledgements", () -> lastAcks(server) == 0);
  }

  private static int lastAcks(Endpoint server) {
    try {
      return SocketTable.read()
          .count(
              socket ->
                  socket.state() == TcpState.LAST_ACK
                      && socket.remotePort() == server.port()
                      && socket.remoteAddress().equals(server.address()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int establishedInKernel() {
    return inKernel(TcpState.ESTABLISHED);
  }

  @Override
  public int timeWaitInKernel() {
    return inKernel(TcpState.TIME_WAIT);
  }

  @Override
  public int lastAckInKernel() {
    return inKernel(TcpState.LAST_ACK);
  }

  @Override
  public int closingInKernel() {
    return inKernel(TcpState.FIN_WAIT1) + inKernel(TcpState.FIN_WAIT2) + inKernel(TcpState.CLOSING);
  }

  private int inKernel(TcpState state) {
    InetSocketAddress peer = peer().toSocketAddress();
    SocketTable table;
    try {
      table = SocketTable.read(source.ports());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return table.count(
        socket ->
            socket.state() == state
                && socket.localAddress().equals(source.address())
                && socket.remotePort() == peer.getPort());
  }

  @Override
  public void neighbourConnects(int port) throws IOException {
    Socket neighbour = new Socket();
    neighbours.add(neighbour);
    neighbour.setReuseAddress(true);
    neighbour.bind(new InetSocketAddress(neighbourAddress(), port));
    neighbour.connect(peer().toSocketAddress());
  }

  @Override
  public void neighbourListens(int port) throws IOException {
    ServerSocket neighbour = new ServerSocket();
    listeners.add(neighbour);
    neighbour.bind(new InetSocketAddress(neighbourAddress(), port));
  }

  /** Ours; any other will do where the kernel picks, and then nothing of ours is in the way. */
  private InetAddress neighbourAddress() {
    return way.binds ? source.address() : freshAddress();
  }

  @Override
  public void neighboursConnectWhileTheyCan() throws IOException {
    for (int i = 0; i <= PORTS; i++) {
      Socket neighbour = new Socket();
      try {
        if (way.binds) {
          neighbour.bind(new InetSocketAddress(source.address(), 0));
        }
        neighbour.connect(peer().toSocketAddress());
        neighbours.add(neighbour);
      } catch (BindException noPortLeft) {
        return;
      }
    }
    throw new AssertionError("the kernel gives more ports than it has");
  }

  @Override
  public void close() {
    try {
      for (Socket neighbour : neighbours) {
        neighbour.setSoLinger(true, 0);
        neighbour.close();
      }
      for (ServerSocket listener : listeners) {
        listener.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.close();
    if (silent != null) {
      silent.close();
    }
    connector.close();
  }

  private record SocketEnd(Socket socket) implements PeerEnd {
    @Override
    public int remotePort() {
      return socket.getPort();
    }

    @Override
    public void send() throws IOException {
      socket.getOutputStream().write(1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    @Override
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void awaitEnd() throws IOException {
      try {
        if (socket.getInputStream().read() != -1) {
          throw new AssertionError("bytes instead of an end on " + socket);
        }
      } catch (SocketException reset) {
        // An end too.
      }
    }
  }
}
