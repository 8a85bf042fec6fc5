package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources of a {@link HostPorts} as one transport can use them: each with its ports, and with
 * who picks them. Known to the ledger. Thread-safe.
 */
public final class HostSources {
  private static final Logger log = LoggerFactory.getLogger(HostSources.class);

  private final Host host;
  private final PortSelection selection;
  private final List<SourceAddress> given;
  private final Function<InetAddress, SourceAddress> maker;
  private final SourceMemory memory;

  /** Sources that the kernel chose, where none are given. */
  private final ConcurrentMap<InetAddress, SourceAddress> chosen = new ConcurrentHashMap<>();

  /**
   * Registers the given sources and agrees with the kernel about their ports.
   *
   * @param addresses empty where the kernel chooses
   * @param maker gives an address its ports
   */
  HostSources(
      Host host,
      PortSelection selection,
      List<InetAddress> addresses,
      Function<InetAddress, SourceAddress> maker) {
    this.host = host;
    this.selection = selection;
    this.maker = maker;
    this.memory = new SourceMemory(host.ledger().ticker());
    this.given = addresses.stream().map(maker).toList();
    given.forEach(host.ledger()::register);
    KernelWatch watch = host.watch();
    if (watch != null && !given.isEmpty()) {
      watch.readNow();
      watch.start();
    }
  }

  /** The ledger of these sources' ports. */
  public PortLedger ledger() {
    return host.ledger();
  }

  /** Who picks the ports; the same for all sources. */
  public PortSelection selection() {
    return selection;
  }

  /**
   * Whether connections are to be bound to their source address; if not, source and port are the
   * kernel's choice.
   */
  public boolean binds() {
    return !given.isEmpty() || selection != PortSelection.KERNEL;
  }

  /**
   * The sources from which {@code endpoint} may be reached: of its family, and not in vain as
   * loopback and link-local addresses can be. Where no sources are given, the one that the kernel
   * would take, found with a connected datagram socket, which sends nothing. Fast; never waits for
   * the network or a name service.
   *
   * @return empty where there is none
   */
  public List<SourceAddress> reaching(Endpoint endpoint) {
    return memory.get(
        endpoint.address(),
        () -> given.isEmpty() ? kernelChoice(endpoint) : reachingGiven(endpoint));
  }

  private List<SourceAddress> reachingGiven(Endpoint endpoint) {
    return given.stream()
        .filter(
            source ->
                Reachability.reaches(
                    source.address(), endpoint.address(), HostSources::isOnThisHost))
        .toList();
  }

  private static boolean isOnThisHost(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      log.debug("cannot tell whether {} is an address of this host", address, e);
      return true;
    }
  }

  private List<SourceAddress> kernelChoice(Endpoint endpoint) {
    InetAddress address = routedFrom(endpoint);
    return address == null ? List.of() : List.of(registered(address));
  }

  private static @Nullable InetAddress routedFrom(Endpoint endpoint) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.connect(endpoint.toSocketAddress());
      return socket.getLocalAddress();
    } catch (SocketException e) {
      log.debug("no route to {}", endpoint, e);
      return null;
    }
  }

  private SourceAddress registered(InetAddress address) {
    SourceAddress known = chosen.get(address);
    if (known != null) {
      return known;
    }
    SourceAddress source = maker.apply(address);
    host.ledger().register(source);
    chosen.put(address, source);
    KernelWatch watch = host.watch();
    if (watch != null) {
      watch.start();
    }
    return source;
  }
}
