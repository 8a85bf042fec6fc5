package io.fourtuple.netty.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Asks for what a test says, and keeps what it is told; a second end is a failure. */
class TestSubscriber implements Flow.Subscriber<List<ByteBuffer>> {
  private final long first;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final LinkedBlockingQueue<List<ByteBuffer>> items = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private volatile @Nullable String broken;

  TestSubscriber() {
    this(0);
  }

  /**
   * @param first how much it asks for at once
   */
  TestSubscriber(long first) {
    this.first = first;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    if (!subscription.complete(given)) {
      broken = "subscribed twice";
    }
    if (first != 0) {
      given.request(first);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    if (end.isDone()) {
      broken = "item after the end";
    }
    for (ByteBuffer buffer : item) {
      bytes.addAndGet(buffer.remaining());
    }
    items.add(item);
  }

  @Override
  public void onError(Throwable why) {
    if (!end.completeExceptionally(why)) {
      broken = "error after the end: " + why;
    }
  }

  @Override
  public void onComplete() {
    if (!end.complete(null)) {
      broken = "complete after the end";
    }
  }

  Flow.Subscription subscription() throws Exception {
    return HttpRig.await(subscription);
  }

  void request(long count) throws Exception {
    subscription().request(count);
  }

  /** The next item. */
  List<ByteBuffer> next() throws InterruptedException {
    List<ByteBuffer> item = items.poll(Setup.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (item == null) {
      throw new AssertionError("no item in time");
    }
    return item;
  }

  int itemsAtHand() {
    return items.size();
  }

  long bytes() {
    return bytes.get();
  }

  boolean isEnded() {
    return end.isDone();
  }

  void awaitComplete() throws InterruptedException, ExecutionException {
    HttpRig.await(end);
    check();
  }

  Throwable awaitError() throws InterruptedException {
    Throwable why = HttpRig.failure(end);
    check();
    return why;
  }

  private void check() {
    if (broken != null) {
      throw new AssertionError(broken);
    }
  }
}
