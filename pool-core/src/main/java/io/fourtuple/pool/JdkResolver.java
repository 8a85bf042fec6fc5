package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Asks the JDK, which blocks, on threads of its own. */
final class JdkResolver implements EndpointResolver {
  /** The JDK's answers carry no time; this is what it caches them for by default. */
  private static final Duration TTL = Duration.ofSeconds(30);

  /** A name server that does not answer holds up so many names, and no more. */
  private static final int THREADS = 4;

  private static final int IDLE_SECONDS = 10;

  private final Lookup lookup;
  private final ThreadPoolExecutor threads;

  /** How the JDK is asked. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] all(String host) throws UnknownHostException;
  }

  JdkResolver(Lookup lookup) {
    this.lookup = lookup;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "fourtuple-resolver");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public CompletionStage<Resolution> resolve(String host, int port) {
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            List<Endpoint> found =
                Arrays.stream(lookup.all(host)).map(each -> new Endpoint(each, port)).toList();
            answer.complete(new Resolution(found, TTL));
          } catch (UnknownHostException | RuntimeException | Error e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }
}
