package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.SourceAddress;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source that the kernel would take, found with a connected datagram socket, which sends
 * nothing.
 */
final class KernelChoice implements SourceFinder {
  private static final Logger log = LoggerFactory.getLogger(KernelChoice.class);

  /** One with a port of the kernel's choice, and a few with others. */
  private static final int ATTEMPTS = 4;

  private final Host host;
  private final Function<InetAddress, SourceAddress> maker;
  private final SourceMemory memory;
  private final ConcurrentMap<InetAddress, SourceAddress> chosen = new ConcurrentHashMap<>();

  KernelChoice(Host host, Function<InetAddress, SourceAddress> maker) {
    this.host = host;
    this.maker = maker;
    this.memory = new SourceMemory(host.ledger().ticker());
  }

  @Override
  public List<SourceAddress> reaching(Endpoint endpoint) {
    return memory.get(
        endpoint.address(),
        () -> {
          InetAddress address = routedFrom(endpoint);
          return address == null ? List.of() : List.of(registered(address));
        });
  }

  @Override
  public List<SourceAddress> sources() {
    return List.copyOf(chosen.values());
  }

  private static @Nullable InetAddress routedFrom(Endpoint endpoint) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (DatagramSocket socket = new DatagramSocket(null)) {
        if (attempt > 0) { // no port of the kernel's range may be left for datagrams
          socket.bind(new InetSocketAddress(ThreadLocalRandom.current().nextInt(1_024, 65_536)));
        }
        socket.connect(endpoint.toSocketAddress());
        return socket.getLocalAddress();
      } catch (BindException e) {
        log.debug("no port for a datagram to {}", endpoint, e);
      } catch (SocketException e) {
        log.debug("no route to {}", endpoint, e);
        return null;
      }
    }
    return null;
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
