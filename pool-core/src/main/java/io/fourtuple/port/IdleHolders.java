package io.fourtuple.port;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everybody who keeps idle connections on this host's ports. Thread-safe; asks without a lock. */
final class IdleHolders {
  private static final Logger log = LoggerFactory.getLogger(IdleHolders.class);

  private final List<IdleHolder> holders = new CopyOnWriteArrayList<>();

  void add(IdleHolder holder) {
    holders.add(holder);
  }

  void remove(IdleHolder holder) {
    holders.remove(holder);
  }

  /** Tells all of them something. */
  void tell(Consumer<IdleHolder> news) {
    for (IdleHolder holder : holders) {
      try {
        news.accept(holder);
      } catch (RuntimeException | Error e) { // an Error too: others are still to be told
        log.error("a holder of idle connections failed", e);
      }
    }
  }

  /** Has the longest idle connection on any of some routes closed; false where there is none. */
  boolean giveUpOne(List<Route> routes) {
    try {
      return askForOldest(routes);
    } catch (RuntimeException e) {
      log.error("a holder of idle connections failed", e);
      return false;
    }
  }

  private boolean askForOldest(List<Route> routes) {
    IdleHolder oldest = null;
    Route on = null;
    long since = 0;
    for (IdleHolder holder : holders) {
      for (Route route : routes) {
        OptionalLong idle = holder.idleSince(route);
        if (idle.isPresent() && (oldest == null || idle.getAsLong() - since < 0)) {
          oldest = holder;
          on = route;
          since = idle.getAsLong();
        }
      }
    }
    return oldest != null && on != null && oldest.giveUp(on);
  }
}
