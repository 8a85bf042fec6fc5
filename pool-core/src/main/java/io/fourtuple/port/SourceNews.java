package io.fourtuple.port;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that sources have gone and come back, without the ledger's lock, and yet in the order in
 * which it happened under it: whoever has news while others are being told leaves them to that
 * thread.
 */
final class SourceNews {
  private static final Logger log = LoggerFactory.getLogger(SourceNews.class);

  private final Guard guard;
  private final IdleHolders holders;
  private final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

  /** How many may be told now, the one that is being told among them. */
  private final AtomicInteger due = new AtomicInteger();

  SourceNews(Guard guard, IdleHolders holders) {
    this.guard = guard;
    this.holders = holders;
  }

  /** Under the lock. */
  void gone(SourceAddress source) {
    add(
        () -> {
          log.warn(
              "source address {} is not on this host: left alone, and tried again from time to"
                  + " time",
              source);
          holders.tell(holder -> holder.sourceGone(source));
        });
  }

  /** Under the lock. */
  void back(SourceAddress source) {
    add(
        () -> {
          log.info("source address {} works again", source);
          holders.tell(holder -> holder.sourceBack(source));
        });
  }

  /** Under the lock. */
  void added(SourceAddress source) {
    add(() -> holders.tell(holder -> holder.sourceAdded(source)));
  }

  /** Under the lock. */
  void forgotten(SourceAddress source) {
    add(() -> holders.tell(holder -> holder.sourceForgotten(source)));
  }

  private void add(Runnable news) {
    untold.add(news);
    guard.afterwards(this::tell);
  }

  private void tell() {
    if (due.getAndIncrement() == 0) {
      do {
        untold.remove().run();
      } while (due.decrementAndGet() > 0);
    }
  }
}
