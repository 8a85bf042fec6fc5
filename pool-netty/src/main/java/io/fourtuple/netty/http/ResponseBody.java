package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response on its way from the event loop, which fills it, to the user's subscriber,
 * which is called on the executor, by one thread at a time, as Reactive Streams (1.3) demand.
 *
 * <p>What the subscriber has not asked for is kept here, up to {@link #HIGH} bytes and what was
 * read at once: beyond it the socket is not read.
 */
final class ResponseBody<T> implements Flow.Subscription, Runnable {
  /** Above it reading stops. */
  private static final int HIGH = 64 << 10;

  /** Below it reading goes on. */
  private static final int LOW = 16 << 10;

  @SuppressWarnings("rawtypes")
  private static final AtomicIntegerFieldUpdater<ResponseBody> WORK =
      AtomicIntegerFieldUpdater.newUpdater(ResponseBody.class, "work");

  @SuppressWarnings("rawtypes")
  private static final AtomicLongFieldUpdater<ResponseBody> DEMAND =
      AtomicLongFieldUpdater.newUpdater(ResponseBody.class, "demand");

  @SuppressWarnings("rawtypes")
  private static final AtomicLongFieldUpdater<ResponseBody> QUEUED =
      AtomicLongFieldUpdater.newUpdater(ResponseBody.class, "queued");

  private static final Class<?> COPIES = BodySubscribers.ofByteArray().getClass();

  private final Exchange exchange;
  private final ResponseHead head;
  private final Call<T> call;
  private final Executor executor;

  // Of the event loop.
  private List<ByteBuf> batch = List.of();

  // Between the two.
  private final Queue<List<ByteBuf>> queue = new ConcurrentLinkedQueue<>();
  private volatile int work; // to be done, and being done
  private volatile long demand;
  private volatile long queued; // bytes
  private volatile boolean isPaused;
  private volatile boolean isEnded;
  private volatile @Nullable Throwable failure;
  private volatile boolean isCancelled;

  // Of whoever works.
  private @Nullable BodySubscriber<T> subscriber;
  private boolean isOver;
  private boolean isBroken; // the user's code has thrown something
  private List<ByteBuf> lent = List.of();
  private long lentBytes;

  ResponseBody(Exchange exchange, ResponseHead head, Call<T> call) {
    this.exchange = exchange;
    this.head = head;
    this.call = call;
    this.executor = call.executor();
  }

  // ---- from the event loop

  /** Keeps it, for as long as it takes. */
  void add(ByteBuf content) {
    if (!content.isReadable() || isCancelled) {
      return;
    }
    content.retain();
    if (batch.isEmpty()) {
      batch = List.of(content);
    } else {
      batch = batch.size() == 1 ? new ArrayList<>(batch) : batch;
      batch.add(content);
    }
  }

  /** Nothing more is at hand for now. */
  void flush() {
    if (!batch.isEmpty()) {
      enqueueBatch();
    } else if (isCancelled) {
      return;
    }
    schedule();
  }

  /** What has come with the last of it is not wanted any more. */
  void dropBatch() {
    batch.forEach(ByteBuf::release);
    batch = List.of();
  }

  private void enqueueBatch() {
    List<ByteBuf> items = batch;
    batch = List.of();
    queue.add(items);
    if (QUEUED.addAndGet(this, sizeOf(items)) > HIGH && !isPaused) {
      isPaused = true;
      if (queued >= LOW) {
        exchange.reading(false);
      } else {
        isPaused = false; // all was taken before it could be seen
      }
    }
  }

  void end() {
    if (!batch.isEmpty()) {
      enqueueBatch();
    }
    isEnded = true;
    schedule();
  }

  /** Also from elsewhere. */
  void fail(Throwable why) {
    if (failure == null) {
      failure = why;
      schedule();
    }
  }

  private static long sizeOf(List<ByteBuf> items) {
    long size = 0;
    for (ByteBuf item : items) {
      size += item.readableBytes();
    }
    return size;
  }

  // ---- what the subscriber does

  @Override
  public void request(long items) {
    if (items <= 0) {
      if (!isCancelled) {
        IllegalArgumentException why =
            new IllegalArgumentException("request must be of 1 item or more, was " + items);
        fail(why); // the exchange may be over
        exchange.abort(why);
      }
      return;
    }
    DEMAND.accumulateAndGet(
        this, items, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
    schedule();
  }

  @Override
  public void cancel() {
    if (!isCancelled) {
      isCancelled = true;
      exchange.cancelBody();
      schedule();
    }
  }

  // ---- on the executor

  private void schedule() {
    if (WORK.getAndIncrement(this) == 0) {
      try {
        executor.execute(this);
      } catch (RejectedExecutionException e) { // the subscriber hears of it, if only here
        failure = e;
        exchange.abort(e);
        run();
      }
    }
  }

  /** Does what there is to be done; {@link #schedule} sees to it that nobody else does. */
  @Override
  public void run() {
    boolean begins = subscriber == null && !isOver;
    int done = work;
    do {
      try {
        step();
      } catch (Throwable e) { // the user's code: whatever it is, the user is told
        isBroken = true;
        isCancelled = true;
        end(e);
      }
      done = WORK.addAndGet(this, -done);
    } while (done != 0);
    BodySubscriber<T> to = subscriber;
    if (begins && to != null && !isBroken) {
      ask(to);
    }
  }

  /** For the body. Not while others wait for their turn: it may need the rest of what comes. */
  private void ask(BodySubscriber<T> to) {
    try {
      to.getBody().whenComplete((value, why) -> call.bodyReady(head, value, why));
    } catch (Throwable e) { // as above
      call.failed(e);
      exchange.cancelBody();
    }
  }

  private void step() throws IOException {
    if (isOver) {
      drop();
      return;
    }
    BodySubscriber<T> to = subscriber;
    if (to == null) {
      to = call.isStopped() ? null : call.open(head);
      if (to == null) { // nobody wants it
        isOver = true;
        isCancelled = true;
        drop();
        exchange.discardRest();
        return;
      }
      subscriber = to;
      to.onSubscribe(this);
    }
    deliver(to);
  }

  private void end(Throwable why) {
    isOver = true;
    drop();
    call.failed(why);
    exchange.cancelBody();
  }

  /** Lets go of all that is here. */
  private void drop() {
    List<ByteBuf> items;
    while ((items = queue.poll()) != null) {
      items.forEach(ByteBuf::release);
    }
    lent.forEach(ByteBuf::release);
    lent = List.of();
  }

  private void deliver(BodySubscriber<T> to) {
    Throwable why = failure;
    if (isCancelled) {
      isOver = true;
      drop();
    } else if (why != null) {
      isOver = true;
      to.onError(why);
      drop();
    } else {
      deliverContent(to);
      if (isEnded && queue.isEmpty() && !isCancelled && failure == null) {
        isOver = true;
        to.onComplete();
        drop();
      }
    }
  }

  private void deliverContent(BodySubscriber<T> to) {
    while (demand > 0 && !isCancelled && failure == null) {
      List<ByteBuf> items = queue.poll();
      if (items == null) {
        return;
      }
      if (demand != Long.MAX_VALUE) {
        DEMAND.decrementAndGet(this);
      }
      long size = sizeOf(items);
      to.onNext(mayLend(to, size) ? lend(items) : copy(items));
      if (QUEUED.addAndGet(this, -size) < LOW && isPaused) {
        isPaused = false;
        exchange.reading(true);
      }
    }
  }

  /**
   * Whether the subscriber needs no copies: those of the JDK that make an array or a text of the
   * whole body copy it anyway, when it is complete, and keep nothing else.
   */
  private boolean mayLend(BodySubscriber<T> to, long size) {
    lentBytes += size;
    return lentBytes <= HIGH && to.getClass() == COPIES;
  }

  private List<ByteBuffer> lend(List<ByteBuf> items) {
    lent = lent.isEmpty() ? items : join(lent, items);
    return map(items, ByteBuf::nioBuffer);
  }

  private static List<ByteBuf> join(List<ByteBuf> first, List<ByteBuf> second) {
    List<ByteBuf> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  private static List<ByteBuffer> copy(List<ByteBuf> items) {
    return map(items, ResponseBody::copy);
  }

  private static ByteBuffer copy(ByteBuf item) {
    byte[] bytes = new byte[item.readableBytes()];
    item.readBytes(bytes).release();
    return ByteBuffer.wrap(bytes);
  }

  /** Not to be changed, as the contract has it. */
  private static List<ByteBuffer> map(List<ByteBuf> items, Function<ByteBuf, ByteBuffer> function) {
    if (items.size() == 1) {
      return List.of(function.apply(items.get(0)).asReadOnlyBuffer());
    }
    return items.stream().map(function.andThen(ByteBuffer::asReadOnlyBuffer)).toList();
  }
}
