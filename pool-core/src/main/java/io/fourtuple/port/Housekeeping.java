package io.fourtuple.port;

import io.fourtuple.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Goes over all routes, a few at a time so that nobody waits long for the lock: forgets from time
 * to time what is over, and brings them into agreement with the kernel.
 */
final class Housekeeping {
  private static final Duration INTERVAL = Duration.ofSeconds(60);

  /** Routes per critical section. */
  private static final int BATCH = 64;

  private final Guard guard;
  private final RouteBook book;
  private final Dispenser dispenser;
  private final Reports reports;
  private final Scheduler scheduler;
  private final LongSupplier now;
  private boolean runs; // guarded by the lock

  Housekeeping(
      Guard guard,
      RouteBook book,
      Dispenser dispenser,
      Reports reports,
      Scheduler scheduler,
      LongSupplier now) {
    this.guard = guard;
    this.book = book;
    this.dispenser = dispenser;
    this.reports = reports;
    this.scheduler = scheduler;
    this.now = now;
  }

  /** Runs while a route, or what it has left, is kept. Under the lock. */
  void begin() {
    if (!runs) {
      runs = true;
      scheduler.schedule(this::keepHouse, INTERVAL);
    }
  }

  private void keepHouse() {
    List<RoutePorts> all = guard.inside(book::all);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<RoutePorts> batch = all.subList(from, Math.min(all.size(), from + BATCH));
      guard.run(() -> batch.forEach(ports -> dispenser.prune(ports, now.getAsLong())));
    }
    guard.run(
        () -> {
          book.prune(now.getAsLong());
          runs = false;
          if (!book.isEmpty()) {
            begin();
          }
        });
  }

  /** Corrects all routes by what the kernel's table shows; takes the lock once per route. */
  void reconcile(KernelView view) {
    guard.run(() -> book.show(view));
    for (RoutePorts ports : guard.inside(book::all)) {
      guard.run(
          () -> {
            ports.expire(now.getAsLong());
            reports.corrected(KernelAgreement.make(ports, view.on(ports.route), view.seen()));
            dispenser.serve(ports, now.getAsLong());
          });
    }
  }
}
