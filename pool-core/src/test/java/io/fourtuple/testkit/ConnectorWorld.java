package io.fourtuple.testkit;

import io.fourtuple.pool.Connector;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.SourceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Where {@link ConnectorContract} tries a connector: a host with few ports, a peer that does as it
 * is told, neighbours, and time. Each is new: nothing of an earlier one rests on its 4-tuples.
 *
 * @param <C> the connections' type
 */
public interface ConnectorWorld<C> extends AutoCloseable {
  /** How many ports the source has, but where a setting says otherwise. */
  int PORTS = 64;

  /** The connector, on a ledger of its own. */
  Connector<C> connector();

  /** The one source of all connections. */
  SourceAddress source();

  /** A source on an address that this host does not have. */
  SourceAddress lostSource();

  /** Whether the source is bound, and not left to the kernel. */
  boolean binds();

  /** Whether a test can wait until the kernel gives ports out of TIME_WAIT. */
  boolean outlastsTimeWait();

  /** Where the peer listens and accepts. */
  Endpoint peer();

  /** Where nobody listens. */
  Endpoint nobody();

  /** Where SYNs are never answered. */
  Endpoint silent() throws IOException;

  /** The peer's end of a connection to {@link #peer()}. */
  PeerEnd peerOf(C connection) throws Exception;

  /** Lets time pass until something is so; fails the test where that takes too long. */
  void await(String what, BooleanSupplier condition);

  /** How many sockets from our ports to the peer the kernel shows as ESTABLISHED. */
  int establishedInKernel();

  /** How many sockets from our ports to the peer the kernel shows in TIME_WAIT. */
  int timeWaitInKernel();

  /**
   * How many the kernel shows in LAST_ACK. Long over when the ledger's rest is, but for one in ten
   * thousand or so, where a segment is lost even on loopback and sent again: 0.2 to 1 s.
   */
  int lastAckInKernel();

  /** How many the kernel shows that we have closed first, and that are not in TIME_WAIT yet. */
  int closingInKernel();

  /** A neighbour connects to the peer from one of our ports, bound with SO_REUSEADDR. */
  void neighbourConnects(int port) throws Exception;

  /** A neighbour listens on one of our ports. */
  void neighbourListens(int port) throws Exception;

  /** Neighbours connect to the peer as long as the kernel finds them a port. */
  void neighboursConnectWhileTheyCan() throws Exception;

  @Override
  void close();

  /** The other end of a connection. */
  interface PeerEnd {
    /** The port that it sees at our end. */
    int remotePort();

    /** Sends a byte. */
    void send() throws IOException;

    /** Closes: a FIN, and an answer to ours. */
    void close() throws IOException;

    /** Resets. */
    void reset() throws IOException;

    /** Waits until our FIN, or our reset, has come. */
    void awaitEnd() throws IOException;
  }

  /**
   * How a world is to be.
   *
   * @param reuse the host's {@code tcp_tw_reuse}
   * @param ports how many ports the source has
   * @param connectTimeout of the connector
   * @param closeTimeout of the connector
   */
  record Setting(TimeWaitReuse reuse, int ports, Duration connectTimeout, Duration closeTimeout) {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    /** Patient, on a host with the defaults of Linux. */
    public static final Setting USUAL =
        new Setting(TimeWaitReuse.LOOPBACK, PORTS, PATIENT, PATIENT);

    /** The same where the kernel reuses nothing out of TIME_WAIT. */
    public Setting withoutReuse() {
      return new Setting(TimeWaitReuse.NEVER, ports, connectTimeout, closeTimeout);
    }

    /** The same with one port. */
    public Setting withOnePort() {
      return new Setting(reuse, 1, connectTimeout, closeTimeout);
    }

    /** The same with a connect time-out that a test can wait for. */
    public Setting hastyToConnect() {
      return new Setting(reuse, ports, SHORT, closeTimeout);
    }

    /** The same with a close time-out that a test can wait for. */
    public Setting hastyToClose() {
      return new Setting(reuse, ports, connectTimeout, SHORT);
    }
  }
}
