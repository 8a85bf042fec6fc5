package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sources that are addresses of this host, as they come and go. Those that are away are given only
 * where no other of the view can reach an endpoint: its callers then wait for one to come back, and
 * the ledger says when it is tried.
 *
 * <p>{@link #look} is for {@link AddressWatch}.
 */
final class FollowedSources implements SourceFinder {
  private static final Logger log = LoggerFactory.getLogger(FollowedSources.class);

  private final SourceOrigin.OfHost origin;
  private final PortLedger ledger;
  private final HostAddresses addresses;
  private final Function<InetAddress, SourceAddress> maker;

  /** All that are there or away, by address. Guarded by this object's monitor. */
  private final Map<InetAddress, SourceAddress> known = new HashMap<>();

  /** Those that contradict what the ledger knows, and why. Guarded by the monitor, too. */
  private final Map<InetAddress, String> refused = new HashMap<>();

  private volatile State state;

  /** What the last look has found, and what was concluded from it. */
  private record State(List<SourceAddress> there, List<SourceAddress> away, SourceMemory memory) {}

  /**
   * Registers what is there, and says what is not.
   *
   * @param maker gives an address its ports
   * @throws IllegalArgumentException where the ledger knows an address with other, overlapping
   *     ports
   */
  FollowedSources(
      SourceOrigin.OfHost origin,
      PortLedger ledger,
      HostAddresses addresses,
      Function<InetAddress, SourceAddress> maker) {
    this.origin = origin;
    this.ledger = ledger;
    this.addresses = addresses;
    this.maker = maker;
    List<SourceAddress> there = new ArrayList<>();
    List<SourceAddress> away = new ArrayList<>();
    for (InetAddress address : origin.wanted(addresses.byInterface())) {
      SourceAddress source = maker.apply(address);
      ledger.register(source);
      known.put(address, source);
      (addresses.canBind(address) ? there : away).add(source);
    }
    state = stateOf(there, away);
    away.forEach(ledger::sourceGone);
  }

  private State stateOf(List<SourceAddress> there, List<SourceAddress> away) {
    return new State(List.copyOf(there), List.copyOf(away), new SourceMemory(ledger.ticker()));
  }

  @Override
  public List<SourceAddress> reaching(Endpoint endpoint) {
    State now = state;
    return now.memory.get(
        endpoint.address(),
        () -> {
          List<SourceAddress> found = reaching(endpoint.address(), now.there);
          return found.isEmpty() ? reaching(endpoint.address(), now.away) : found;
        });
  }

  private List<SourceAddress> reaching(InetAddress remote, List<SourceAddress> from) {
    return from.stream()
        .filter(source -> Reachability.reaches(source.address(), remote, addresses::canBind))
        .toList();
  }

  @Override
  public List<SourceAddress> sources() {
    return state.there;
  }

  /** Takes notice of what has come and gone. */
  synchronized void look(Map<String, List<InetAddress>> byInterface) {
    State before = state;
    List<InetAddress> wanted = origin.wanted(byInterface);
    List<SourceAddress> there = new ArrayList<>();
    List<SourceAddress> added = new ArrayList<>();
    for (InetAddress address : wanted) {
      SourceAddress source = addresses.canBind(address) ? registered(address) : null;
      if (source != null) {
        there.add(source);
        if (!before.there.contains(source)) {
          added.add(source);
        }
      }
    }
    List<SourceAddress> gone = new ArrayList<>(before.there);
    gone.removeAll(there);
    if (added.isEmpty() && gone.isEmpty()) {
      return;
    }
    List<SourceAddress> away = new ArrayList<>(known.values());
    away.removeAll(there);
    List<SourceAddress> over = new ArrayList<>(away);
    over.removeIf(source -> isStillWanted(source, wanted, there));
    away.removeAll(over);
    state = stateOf(there, away);
    log.info("{}: now {}; new {}, gone {}", origin, there, added, gone);
    gone.removeIf(source -> isStillHere(source.address(), byInterface));
    gone.forEach(ledger::sourceGone);
    over.forEach(this::forget);
    added.forEach(ledger::sourceAdded);
  }

  /**
   * Whether a source that is away may serve again: it is in the list, or there is no other of its
   * family to connect from.
   */
  private static boolean isStillWanted(
      SourceAddress source, List<InetAddress> wanted, List<SourceAddress> there) {
    boolean isV6 = source.address() instanceof Inet6Address;
    return wanted.contains(source.address())
        || there.stream().noneMatch(each -> each.address() instanceof Inet6Address == isV6);
  }

  /** Whether it is not wanted any more, but works: its connections are as good as before. */
  private boolean isStillHere(InetAddress address, Map<String, List<InetAddress>> byInterface) {
    return byInterface.values().stream().anyMatch(all -> all.contains(address))
        && addresses.canBind(address);
  }

  private void forget(SourceAddress source) {
    known.remove(source.address());
    ledger.forget(source);
  }

  private @Nullable SourceAddress registered(InetAddress address) {
    SourceAddress source = known.get(address);
    if (source != null) {
      return source;
    }
    try {
      source = maker.apply(address);
      ledger.register(source);
    } catch (IllegalArgumentException contradiction) {
      String why = String.valueOf(contradiction.getMessage());
      if (!why.equals(refused.put(address, why))) {
        log.warn("{}: cannot use {}: {}", origin, address.getHostAddress(), why);
      }
      return null;
    }
    refused.remove(address);
    known.put(address, source);
    return source;
  }
}
