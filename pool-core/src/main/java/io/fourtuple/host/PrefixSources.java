package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Addresses of a prefix, made up at random when they are needed. An endpoint is given the first of
 * them, and one more whenever its routes from those that it has are scarce, up to the most that may
 * be live. So there are no more routes than are used: 1,000 endpoints with a few connections each
 * need one address and 1,000 routes.
 *
 * <p>An address is live until the ledger keeps none of its routes; then it is forgotten, and the
 * next one is another.
 */
final class PrefixSources implements SourceFinder {
  /** Between two looks for addresses that are not used any more. */
  static final Duration LOOK = Duration.ofSeconds(60);

  private static final int MOST_ENDPOINTS = 4_096;

  private final SourceOrigin.Prefix prefix;
  private final PortLedger ledger;
  private final Function<InetAddress, SourceAddress> maker;
  private final RandomGenerator random;

  /** How many of the live addresses an endpoint is given; 1 where nothing is noted. */
  private final ConcurrentMap<Endpoint, Integer> shares = new ConcurrentHashMap<>();

  private volatile List<Live> live = List.of(); // written under the monitor
  private volatile long nextLook;

  /** An address that is in use, or was given to somebody a moment ago. */
  private static final class Live {
    final SourceAddress source;
    volatile long given;

    Live(SourceAddress source, long now) {
      this.source = source;
      this.given = now;
    }
  }

  PrefixSources(
      SourceOrigin.Prefix prefix,
      PortLedger ledger,
      Function<InetAddress, SourceAddress> maker,
      RandomGenerator random) {
    this.prefix = prefix;
    this.ledger = ledger;
    this.maker = maker;
    this.random = random;
    this.nextLook = ledger.ticker().read() + LOOK.toNanos();
  }

  private SourceAddress source(InetAddress address) {
    return maker.apply(address).withFreeBind();
  }

  @Override
  public List<SourceAddress> sources() {
    return live.stream().map(each -> each.source).toList();
  }

  @Override
  public List<SourceAddress> reaching(Endpoint endpoint) {
    if (!Reachability.reaches(prefix.subnet().first(), endpoint.address(), address -> true)) {
      return List.of();
    }
    long now = ledger.ticker().read();
    if (now - nextLook >= 0) {
      forgetUnused(now);
    }
    int share = shares.getOrDefault(endpoint, 1);
    List<SourceAddress> given = first(share, now);
    if (!isScarce(given, endpoint)) {
      return given;
    }
    do {
      if (given.size() == prefix.mostLive()) {
        break;
      }
      given = first(given.size() + 1, now);
    } while (isScarce(given.subList(given.size() - 1, given.size()), endpoint));
    if (given.size() != share) {
      if (shares.size() >= MOST_ENDPOINTS) {
        shares.clear();
      }
      shares.put(endpoint, given.size());
    }
    return given;
  }

  /** Whether an endpoint has as many connections from each of some sources as it should have. */
  private boolean isScarce(List<SourceAddress> from, Endpoint endpoint) {
    for (int i = from.size() - 1; i >= 0; i--) { // the youngest is likely to have the most ports
      SourceAddress source = from.get(i);
      PortCensus census = ledger.census(new Route(source, endpoint));
      if (census.used() < source.budget().highMark() && census.free() > 0) {
        return false;
      }
    }
    return true;
  }

  /** The first live addresses, of which there are as many then. */
  private List<SourceAddress> first(int count, long now) {
    List<Live> all = live;
    if (all.size() < count) {
      all = grown(count, now);
    }
    List<SourceAddress> first = new ArrayList<>(count);
    for (Live each : all.subList(0, count)) {
      each.given = now;
      first.add(each.source);
    }
    return first;
  }

  private synchronized List<Live> grown(int count, long now) {
    List<Live> more = new ArrayList<>(live);
    Set<InetAddress> taken = new HashSet<>();
    more.forEach(each -> taken.add(each.source.address()));
    while (more.size() < count) {
      InetAddress address = prefix.subnet().random(random);
      if (taken.add(address)) {
        more.add(new Live(source(address), now));
      }
    }
    live = List.copyOf(more);
    return live;
  }

  private synchronized void forgetUnused(long now) {
    if (now - nextLook < 0) {
      return; // another thread has done it
    }
    nextLook = now + LOOK.toNanos();
    Set<SourceAddress> used = Set.copyOf(ledger.sources());
    List<Live> left = new ArrayList<>(live);
    left.removeIf(each -> now - each.given > LOOK.toNanos() && !used.contains(each.source));
    live = List.copyOf(left);
    shares.clear(); // each endpoint finds again how many it needs
  }
}
