package io.fourtuple.examples.load;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/** Callers that lease a connection for each request, and give it back. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // Every end of a caller is counted in a callback.
final class PoolCallers {
  private static final Duration PATIENCE = Duration.ofSeconds(LoadRun.MOST_SECONDS);

  private final ConnectionPool<Channel> pool;
  private final Destination destination;
  private final LoadOptions options;
  private final LoadTally tally;

  PoolCallers(ConnectionPool<Channel> pool, Endpoint server, LoadOptions options, LoadTally tally) {
    this.pool = pool;
    this.destination = Destination.of(server);
    this.options = options;
    this.tally = tally;
  }

  /** One caller, on a thread of its own. */
  void callBlocking() {
    try {
      for (int i = 0; i < options.requests(); i++) {
        long start = System.nanoTime();
        try (Lease<Channel> lease = pool.acquire(destination, PATIENCE)) {
          askOn(lease);
        }
        tally.answered(System.nanoTime() - start);
      }
      tally.served();
    } catch (IOException | ExecutionException e) {
      tally.failed(e);
    } catch (InterruptedException e) {
      // Too late: it counts as not done.
      Thread.currentThread().interrupt();
    }
  }

  private static void askOn(Lease<Channel> lease) throws ExecutionException, InterruptedException {
    try {
      Echo.Client.ask(lease.connection()).get();
    } catch (ExecutionException | InterruptedException e) {
      lease.discard();
      throw e;
    }
  }

  /** One caller without a thread. */
  void call(int left) {
    if (left == 0) {
      tally.served();
      return;
    }
    long start = System.nanoTime();
    pool.acquireAsync(destination, PATIENCE)
        .whenComplete(
            (lease, error) -> {
              if (error != null) {
                tally.failed(error);
              } else {
                ask(lease, left, start);
              }
            });
  }

  private void ask(Lease<Channel> lease, int left, long start) {
    Echo.Client.ask(lease.connection())
        .whenComplete(
            (answer, error) -> {
              if (error != null) {
                lease.discard();
                tally.failed(error);
              } else {
                lease.close();
                tally.answered(System.nanoTime() - start);
                call(left - 1);
              }
            });
  }
}
