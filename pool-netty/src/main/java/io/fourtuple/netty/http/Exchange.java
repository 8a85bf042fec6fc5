package io.fourtuple.netty.http;

import io.fourtuple.netty.http.Retry.Progress;
import io.fourtuple.netty.http.Retry.Verdict;
import io.fourtuple.pool.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on one lease, whatever the version of HTTP. Belongs to the event
 * loop of its channel; what may be called from elsewhere says so.
 *
 * <p>The lease ends with the exchange, in every case, exactly once: {@link #finish} or {@link
 * #stop}.
 */
final class Exchange {
  /** How long a server may let us wait for 100 (RFC 9110, 10.1.1, asks for a bound). */
  private static final long CONTINUE_MILLIS = 1_000;

  /** More of a body that nobody wants is not read for the sake of the connection. */
  private static final long MOST_DISCARDED = 64 << 10;

  private final Call<?> call;
  private final Lease<Channel> lease;
  private final Outgoing request;
  private Carrier carrier;
  private Channel channel;

  private @Nullable RequestBody upload;
  private @Nullable Future<?> awaitsContinue;
  private boolean isRequestSent;
  private boolean isWritten; // the head is with the kernel
  private boolean isAnswered;
  private volatile boolean isOver; // written on the loop
  private @Nullable ResponseHead head;
  private @Nullable ResponseBody<?> body; // null: it is discarded
  private long discarded;

  Exchange(Call<?> call, Lease<Channel> lease, Outgoing request, Carrier carrier) {
    this.call = call;
    this.lease = lease;
    this.request = request;
    this.carrier = carrier;
    this.channel = carrier.channel();
  }

  /** The connection has changed its protocol; the request is sent. */
  void movedTo(Carrier other) {
    carrier = other;
    channel = other.channel();
  }

  Outgoing request() {
    return request;
  }

  Lease<Channel> lease() {
    return lease;
  }

  String method() {
    return request.method();
  }

  boolean isReused() {
    return carrier.isReused();
  }

  boolean isRequestSent() {
    return isRequestSent;
  }

  boolean hasHead() {
    return head != null;
  }

  boolean isOver() {
    return isOver;
  }

  /** Of TLS; null without. From any thread. */
  @Nullable SSLSession session() {
    if (!Origin.isSecure(request.head().request().uri())) {
      return null;
    }
    SslHandler tls = connection().pipeline().get(SslHandler.class);
    return tls == null ? null : tls.engine().getSession();
  }

  /** Which connection it is. From any thread. */
  String label() {
    return connection().id().asShortText();
  }

  private Channel connection() {
    return channel.parent() instanceof SocketChannel parent ? parent : channel;
  }

  // ---- the request

  void begin() {
    carrier.begin(this);
    BodyPublisher publisher = request.publisher();
    ContentAtHand content = request.content();
    isRequestSent = publisher == null;
    channel.write(request).addListener(this::headWritten);
    if (content != null) {
      channel.write(new DefaultLastHttpContent(content.buffer())).addListener(this::written);
    }
    channel.flush();
    if (publisher != null && !isOver) {
      stream(publisher);
    }
  }

  private void stream(BodyPublisher publisher) {
    RequestBody body =
        new RequestBody(this, channel, publisher, request.head().contentLength(), call.executor());
    upload = body;
    if (request.head().expectsContinue()) {
      awaitsContinue =
          channel.eventLoop().schedule(this::startUpload, CONTINUE_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      body.start();
    }
  }

  private void startUpload() {
    Future<?> timer = awaitsContinue;
    awaitsContinue = null;
    if (timer != null && upload != null && !isOver) {
      timer.cancel(false);
      upload.start();
    }
  }

  private void headWritten(Future<? super Void> done) {
    isWritten |= done.isSuccess();
    written(done);
  }

  /** A write has ended. */
  void written(Future<? super Void> done) {
    if (!done.isSuccess()) {
      failed(done.cause());
    }
  }

  /** All of it is written. */
  void requestSent() {
    isRequestSent = true;
  }

  void writabilityChanged() {
    if (upload != null) {
      upload.writabilityChanged();
    }
  }

  // ---- the response

  /** Something of a response has come, whatever it is. */
  void answered() {
    isAnswered = true;
  }

  void informational(int status) {
    isAnswered = true;
    if (status == 100) {
      startUpload();
    }
  }

  void head(ResponseHead response) {
    head = response;
    body = call.responded(this, response);
    if (awaitsContinue != null) {
      awaitsContinue.cancel(false); // it has decided without the body
      awaitsContinue = null;
    }
  }

  void content(ByteBuf content) {
    if (body != null) {
      body.add(content);
      return;
    }
    discarded += content.readableBytes();
    if (discarded > MOST_DISCARDED && !isOver) {
      stop();
      call.goOn();
    }
  }

  void readComplete() {
    if (body != null && !isOver) {
      body.flush();
    }
  }

  /** The response is complete. */
  void end() {
    ResponseBody<?> ended = body;
    // First the connection, which the user's next request can then have.
    finish();
    if (ended != null) {
      ended.end();
    } else {
      call.goOn();
    }
  }

  /** Nobody wants the rest of the body; {@link Call#goOn} follows. From any thread. */
  void discardRest() {
    onLoop(
        () -> {
          if (body != null) {
            body.dropBatch();
            body = null;
          }
          if (isOver) {
            call.goOn();
          } else {
            channel.config().setAutoRead(true);
          }
        });
  }

  /** Whether the socket is read; from any thread. */
  void reading(boolean on) {
    onLoop(
        () -> {
          if (!isOver) {
            channel.config().setAutoRead(on);
          }
        });
  }

  // ---- the end

  private void finish() {
    if (!isOver) {
      isOver = true;
      if (!isRequestSent && upload != null) {
        upload.cancel();
      }
      carrier.finished(this);
      call.over();
    }
  }

  private void stop() {
    if (!isOver) {
      isOver = true;
      if (upload != null) {
        upload.cancel();
      }
      if (awaitsContinue != null) {
        awaitsContinue.cancel(false);
      }
      if (body != null) {
        body.dropBatch();
      }
      carrier.abort(this);
      call.over();
    }
  }

  /** The connection, or the peer, has failed. */
  void failed(Throwable why) {
    failed(why, true);
  }

  private void failed(Throwable why, boolean isByPeer) {
    if (isOver) {
      return;
    }
    stop();
    if (head != null && body != null) {
      body.fail(why);
    } else if (head != null) {
      call.goOn(); // without the rest of what nobody wants
    } else if (isByPeer) {
      call.failed(this, why);
    } else {
      call.givenUp(why);
    }
  }

  /** Whether the request may be sent again after this failure. */
  Retry retry(Throwable why, int retries) {
    BodyPublisher publisher = request.publisher();
    boolean isUntouched = upload == null || !upload.isStarted();
    return new Retry(
        method(),
        publisher == null || isUntouched || Bodies.isRepeatable(publisher),
        isAnswered ? Progress.ANSWERED : isWritten ? Progress.WRITTEN : Progress.NOTHING_WRITTEN,
        carrier.isReused(),
        why instanceof NotProcessedException refused ? refused.verdict() : Verdict.NONE,
        retries);
  }

  /** It is given up from our side, for that reason; from any thread. */
  void abort(Throwable why) {
    onLoop(() -> failed(why, false));
  }

  /** The subscriber wants no more; from any thread. */
  void cancelBody() {
    abort(new IOException("the subscriber has cancelled the body"));
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
}
