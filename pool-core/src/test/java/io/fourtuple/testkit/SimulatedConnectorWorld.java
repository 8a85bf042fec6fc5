package io.fourtuple.testkit;

import io.fourtuple.pool.Connector;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The contract's world in simulation: everything on one loopback device. */
final class SimulatedConnectorWorld implements ConnectorWorld<SimulatedConnection> {
  private static final Endpoint PEER = Endpoint.of("127.0.0.1", 50_000);
  private static final Endpoint NOBODY = Endpoint.of("127.0.0.1", 50_001);
  private static final Endpoint SILENT = Endpoint.of("127.0.0.1", 50_002);
  private static final Duration STEP = Duration.ofMillis(1);
  private static final int MOST_STEPS = 100_000;

  private final SimulatedHost host;
  private final SimulatedConnector connector;
  private final SourceAddress source;
  private final Invariants invariants;

  SimulatedConnectorWorld(PortSelection selection, Setting setting) {
    host =
        new SimulatedHost(
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + setting.ports() - 1))
                .withTimeWaitReuse(setting.reuse()),
            11);
    int first = selection == PortSelection.OWNED ? 20_000 : 40_000;
    String ports = first + "-" + (first + setting.ports() - 1);
    source = host.source("127.0.0.5", ports, selection);
    connector = host.connector(source);
    connector.connectTimeout(setting.connectTimeout());
    connector.closeTimeout(setting.closeTimeout());
    connector.peer(PEER).farewell(Farewell.KEEPS_OPEN);
    connector.peer(NOBODY).stop();
    connector.peer(SILENT).vanish();
    invariants = new Invariants(host).watch(connector);
  }

  @Override
  public Connector<SimulatedConnection> connector() {
    return connector;
  }

  @Override
  public SourceAddress source() {
    return source;
  }

  @Override
  public SourceAddress lostSource() {
    SourceAddress lost = host.source("192.0.2.77", source.ports().toString(), source.selection());
    host.kernel().removeAddress(lost.address());
    return lost;
  }

  @Override
  public boolean binds() {
    return true;
  }

  @Override
  public boolean outlastsTimeWait() {
    return true;
  }

  @Override
  public Endpoint peer() {
    return PEER;
  }

  @Override
  public Endpoint nobody() {
    return NOBODY;
  }

  @Override
  public Endpoint silent() {
    return SILENT;
  }

  @Override
  public PeerEnd peerOf(SimulatedConnection connection) {
    return new SimulatedEnd(connection);
  }

  @Override
  public void await(String what, BooleanSupplier condition) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      if (i == MOST_STEPS) {
        throw new AssertionError("never came: " + what);
      }
      host.advance(STEP);
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
    return (int)
        host.kernel().allSockets().stream()
            .filter(it -> it.connects(source.address(), PEER) && it.state() == state)
            .count();
  }

  @Override
  public void neighbourConnects(int port) throws KernelRefusal {
    host.kernel().occupy(PortRequest.owned(source.address(), port), PEER);
  }

  @Override
  public void neighbourListens(int port) throws KernelRefusal {
    host.kernel().listen(PortRequest.listener(source.address(), port));
  }

  @Override
  public void neighboursConnectWhileTheyCan() {
    for (int i = 0; i <= PORTS; i++) {
      try {
        host.kernel().occupy(PortRequest.kernelPicked(source.address()), PEER);
      } catch (KernelRefusal noPortLeft) {
        return;
      }
    }
    throw new AssertionError("the kernel gives more ports than it has");
  }

  @Override
  public void close() {
    invariants.check();
  }

  private final class SimulatedEnd implements PeerEnd {
    private final SimulatedConnection connection;

    SimulatedEnd(SimulatedConnection connection) {
      this.connection = connection;
    }

    @Override
    public int remotePort() {
      return connection.socket().localPort();
    }

    @Override
    public void send() {
      connection.peerSends();
    }

    @Override
    public void close() {
      connection.peerCloses();
    }

    @Override
    public void reset() {
      connection.peerResets();
    }

    @Override
    public void awaitEnd() {
      await(
          "the end of " + connection,
          () ->
              switch (connection.socket().state()) {
                case FIN_WAIT2, TIME_WAIT, CLOSE -> true;
                default -> !connection.socket().isPresent();
              });
    }
  }
}
