package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.bench.http.ClientClock.Spent;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Puts one client under load, in this process: a closed loop, each lane asks when it has got. */
final class HttpLoad {
  private final Target target;
  private final LoadedClient client;
  private final PrintStream err;
  private final AtomicInteger failures = new AtomicInteger();
  private final CountDownLatch failed = new CountDownLatch(1);

  /** Where results go; null while the client warms up. */
  private volatile @Nullable Latencies window;

  private volatile boolean isOver;

  HttpLoad(Target target, LoadedClient client, PrintStream err) {
    this.target = target;
    this.client = client;
    this.err = err;
  }

  /** Runs it, less long where a request fails. */
  HttpFigures measure(long warmUpMillis, long windowMillis) throws Exception {
    for (int i = 0; i < target.concurrency(); i++) {
      new Lane(i).next();
    }
    ClientClock clock = new ClientClock();
    Latencies latencies = new Latencies();
    awaitFailure(warmUpMillis);
    clock.start();
    long start = System.nanoTime();
    window = latencies;
    awaitFailure(windowMillis);
    window = null;
    long wall = System.nanoTime() - start;
    Spent spent = clock.spent();
    isOver = true;
    return new HttpFigures(
        latencies.count(),
        failures.get(),
        wall,
        spent.cpuNanos(),
        spent.kernelNanos(),
        spent.bytes(),
        spent.connects(),
        latencies.percentile(99));
  }

  private void awaitFailure(long millis) throws InterruptedException {
    if (failed.await(millis, TimeUnit.MILLISECONDS)) {
      err.println("stopped by a failure");
    }
  }

  /** One request after the other. It ends with one that fails. */
  private final class Lane implements Answer {
    private final int number;
    private long start;

    Lane(int number) {
      this.number = number;
    }

    void next() {
      start = System.nanoTime();
      client.get(number, this);
    }

    @Override
    public void body(byte[] body) {
      Latencies into = window;
      if (into != null) {
        into.add(System.nanoTime() - start);
      }
      if (body.length != target.body().bytes()) {
        failed(new IllegalStateException("body of " + body.length + " bytes"));
      } else if (!isOver) {
        next();
      }
    }

    @Override
    public void failed(Throwable why) {
      if (isOver) {
        return;
      }
      if (failures.getAndIncrement() == 0) {
        err.println("failed: " + why);
      }
      failed.countDown();
    }
  }
}
