package io.fourtuple.host;

import io.fourtuple.port.IdleHolder;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Ticker;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the host's addresses for all views of a ledger: every few seconds while there are any,
 * and soon after a bind has said that a source is gone.
 *
 * <p>Holds ledger and views weakly, so that it ends by itself once nobody uses them. Thread-safe.
 */
final class AddressWatch implements IdleHolder {
  static final Duration INTERVAL = Duration.ofSeconds(5);

  /** However often binds are refused. */
  static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  private final WeakReference<PortLedger> ledger;
  private final Ticker ticker;
  private final HostAddresses addresses;
  private final Scheduler scheduler;
  private final List<WeakReference<FollowedSources>> views = new CopyOnWriteArrayList<>();
  private final AtomicBoolean runs = new AtomicBoolean();
  private final AtomicBoolean requested = new AtomicBoolean();
  private volatile long lastLook;

  /**
   * Makes a watch that does nothing yet.
   *
   * @param scheduler runs the looks, which may take a few milliseconds each
   */
  AddressWatch(PortLedger ledger, HostAddresses addresses, Scheduler scheduler) {
    this.ledger = new WeakReference<>(ledger);
    this.ticker = ledger.ticker();
    this.addresses = addresses;
    this.scheduler = scheduler;
    this.lastLook = ticker.read() - SHORTEST_INTERVAL.toNanos();
  }

  HostAddresses addresses() {
    return addresses;
  }

  /** Tells a view from now on what has come and gone. */
  void follow(FollowedSources view) {
    views.add(new WeakReference<>(view));
    start();
  }

  private void start() {
    PortLedger watched = ledger.get();
    if (watched != null && runs.compareAndSet(false, true)) {
      watched.addHolder(this);
      scheduler.schedule(this::lookAndScheduleNext, INTERVAL);
    }
  }

  private void lookAndScheduleNext() {
    try {
      look();
    } finally {
      if (!views.isEmpty()) {
        scheduler.schedule(this::lookAndScheduleNext, INTERVAL);
      } else {
        end();
      }
    }
  }

  private void end() {
    PortLedger watched = ledger.get();
    if (watched != null) {
      watched.removeHolder(this);
    }
    runs.set(false);
    if (!views.isEmpty()) {
      start(); // one has come meanwhile
    }
  }

  /** Looks soon, at most once per second; never here. */
  private void request() {
    if (requested.compareAndSet(false, true)) {
      long nanos = lastLook + SHORTEST_INTERVAL.toNanos() - ticker.read();
      scheduler.schedule(this::lookRequested, Duration.ofNanos(nanos));
    }
  }

  private void lookRequested() {
    requested.set(false);
    look();
  }

  private void look() {
    views.removeIf(view -> view.get() == null || ledger.get() == null);
    if (views.isEmpty()) {
      return;
    }
    Map<String, List<InetAddress>> byInterface = addresses.byInterface();
    for (WeakReference<FollowedSources> each : views) {
      FollowedSources view = each.get();
      if (view != null) {
        view.look(byInterface);
      }
    }
    lastLook = ticker.read();
  }

  // ---- what the ledger tells

  @Override
  public void sourceGone(SourceAddress source) {
    request();
  }

  @Override
  public OptionalLong idleSince(Route route) {
    return OptionalLong.empty();
  }

  @Override
  public boolean giveUp(Route route) {
    return false;
  }
}
