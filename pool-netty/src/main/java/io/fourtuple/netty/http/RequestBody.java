package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the user's publisher has, one buffer at a time, and asks for the next when the socket
 * has taken enough. The publisher is called on the executor, for it may read a file.
 *
 * <p>Signals may come on any thread; what is here belongs to the event loop.
 */
final class RequestBody implements Flow.Subscriber<ByteBuffer> {
  private final Exchange exchange;
  private final Channel channel;
  private final BodyPublisher publisher;
  private final Executor executor;
  private final long length;
  private long written;
  private boolean isStarted;
  private volatile boolean isOver; // written on the loop
  private boolean isComplete; // all that was promised
  private boolean isOwed; // an item is to be asked for
  private volatile Flow.@Nullable Subscription subscription;

  /**
   * @param length in bytes, as the head of the request says; negative if unknown
   */
  RequestBody(
      Exchange exchange, Channel channel, BodyPublisher publisher, long length, Executor executor) {
    this.exchange = exchange;
    this.channel = channel;
    this.publisher = publisher;
    this.executor = executor;
    this.length = length;
  }

  /** Whether anybody has subscribed. */
  boolean isStarted() {
    return isStarted;
  }

  void start() {
    isStarted = true;
    onExecutor(() -> publisher.subscribe(this));
  }

  /** What the publisher throws, against its rules, is as good as an error that it signals. */
  private void onExecutor(Runnable step) {
    try {
      executor.execute(
          () -> {
            try {
              step.run();
            } catch (Throwable e) { // the user's code
              onLoop(() -> fail(e));
            }
          });
    } catch (RejectedExecutionException e) {
      onLoop(() -> fail(e));
    }
  }

  private void onLoop(Runnable step) {
    if (channel.eventLoop().inEventLoop()) {
      step.run();
      return;
    }
    try {
      channel.eventLoop().execute(step);
    } catch (RejectedExecutionException shutDown) {
      // The loop has ended the exchange.
    }
  }

  // ---- what the publisher tells

  @Override
  public void onSubscribe(Flow.Subscription given) {
    Objects.requireNonNull(given, "subscription must not be null");
    if (subscription != null) {
      given.cancel();
      return;
    }
    subscription = given;
    if (isOver) { // it was given up before this, and so nobody has cancelled
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(ByteBuffer item) {
    Objects.requireNonNull(item, "item must not be null");
    onLoop(() -> write(Unpooled.wrappedBuffer(item)));
  }

  @Override
  public void onError(Throwable why) {
    Objects.requireNonNull(why, "error must not be null");
    onLoop(() -> fail(why));
  }

  @Override
  public void onComplete() {
    onLoop(this::publisherEnds);
  }

  // ---- on the event loop

  private void write(ByteBuf item) {
    if (isOver && !isComplete) {
      item.release();
      return;
    }
    written += item.readableBytes();
    if (length >= 0 && written > length) {
      item.release();
      cancel();
      exchange.abort(wrongLength());
      return;
    }
    if (isComplete) { // and this is of no bytes
      item.release();
      return;
    }
    if (written == length) { // the publisher may say so later than the server answers
      isComplete = true;
      end(new DefaultLastHttpContent(item));
      askForMore(); // so that it can say that this was all
      return;
    }
    channel.writeAndFlush(new DefaultHttpContent(item)).addListener(exchange::written);
    isOwed = true;
    writabilityChanged();
  }

  /** The socket may take more. */
  void writabilityChanged() {
    if (isOwed && !isOver && channel.isWritable()) {
      isOwed = false;
      askForMore();
    }
  }

  private void askForMore() {
    Flow.Subscription from = subscription;
    if (from != null) {
      onExecutor(() -> from.request(1));
    }
  }

  private void publisherEnds() {
    if (isOver) {
      return;
    }
    if (length >= 0) {
      isOver = true;
      exchange.abort(wrongLength());
    } else {
      end(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void end(LastHttpContent last) {
    isOver = true;
    channel.writeAndFlush(last).addListener(exchange::written);
    exchange.requestSent();
  }

  private IOException wrongLength() {
    String what = written > length ? "Too many" : "Too few";
    return new IOException(
        what + " bytes in request body: expected " + length + ", got " + written);
  }

  private void fail(Throwable why) {
    if (!isOver) {
      isOver = true;
      exchange.abort(why);
    }
  }

  /** Nobody wants the body any more. */
  void cancel() {
    isOver = true;
    Flow.Subscription from = subscription;
    if (from != null) {
      onExecutor(from::cancel);
    }
  }
}
