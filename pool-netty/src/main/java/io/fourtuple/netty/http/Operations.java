package io.fourtuple.netty.http;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a client has under way, so that it can be waited for, and ended. Thread-safe.
 *
 * <p>Terminated is what was shut down and has nothing under way. Whoever makes either true looks
 * for the other afterwards, so one of them sees both.
 */
final class Operations {
  private final Set<Operation> all = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private volatile boolean isShutdown;

  /** A request, or a WebSocket. */
  abstract static class Operation {
    private final int hash = ThreadLocalRandom.current().nextInt();

    /** Ends it, for that reason; harmless when called twice. From any thread. */
    abstract void stop(Throwable why);

    /** The JVM would have to make one up, which takes longer than all else here. */
    @Override
    public final int hashCode() {
      return hash;
    }

    @Override
    public final boolean equals(Object other) {
      return this == other;
    }
  }

  /**
   * It begins; {@link #ended} follows.
   *
   * @throws IOException where the client is shut down
   */
  void begins(Operation operation) throws IOException {
    all.add(operation);
    if (isShutdown) {
      ended(operation);
      throw new IOException("the client is shut down");
    }
  }

  /** Harmless when called twice. */
  void ended(Operation operation) {
    all.remove(operation);
    terminateIfOver();
  }

  void shutdown() {
    isShutdown = true;
    terminateIfOver();
  }

  void shutdownNow() {
    shutdown();
    IOException why = new IOException("the client was shut down");
    all.forEach(operation -> operation.stop(why));
  }

  private void terminateIfOver() {
    if (isShutdown && all.isEmpty()) {
      terminated.complete(null);
    }
  }

  /** Completes when it was shut down, and nothing is under way any more. */
  CompletableFuture<Void> terminated() {
    return terminated;
  }
}
