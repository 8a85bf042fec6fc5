package io.fourtuple.examples.gateway;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to an upstream, and the response on its way back. Both are passed on as
 * they come: whichever side is slower holds the other one up, since the next part is read when the
 * last one was taken. The lease ends with the exchange, in every case: {@link #release}. Confined
 * to the client's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is heard of
final class Exchange implements AcquireCallback<Channel> {
  private enum Phase {
    /** Waits for a connection to the upstream. */
    ACQUIRING,
    /** The request is passed on, or is, and no response has come. */
    SENT,
    /** The head of the response was passed on. */
    ANSWERED,
    /** Both sides speak another protocol, of which nothing is known here. */
    SWITCHED,
    OVER
  }

  private final Gateway gateway;
  private final ChannelHandlerContext client;
  private final HttpRequest request;
  private final ClientHandler owner;
  private final AccessLog.Entry log;
  private @Nullable HttpRequest passed;
  private @Nullable Object early; // behind its head, while there is no connection; one part at most
  private Phase phase = Phase.ACQUIRING;
  private boolean closes; // the client's connection, afterwards
  private boolean hasWholeRequest;
  private boolean isRetried;
  private boolean isInformational; // the next end of a content is not that of the response
  private boolean mayReuse;
  private @Nullable Destination destination;
  private Cancellable acquiring = () -> {};
  private @Nullable Borrowed upstream;

  Exchange(ClientHandler owner, HttpRequest request, boolean closes) {
    this.owner = owner;
    this.gateway = owner.gateway();
    this.client = owner.context();
    this.request = request;
    this.closes = closes || !HttpUtil.isKeepAlive(request);
    this.log = new AccessLog.Entry(client.channel(), request);
    if (request instanceof FullHttpRequest whole) { // of HTTP/2, and without a body
      hasWholeRequest = true;
      whole.release();
    }
  }

  // ---- a connection to the upstream

  void begin() {
    if (request.decoderResult().isFailure()) {
      closes = true; // nobody knows where the next request begins
      answer(Refusal.ofRequest(request.decoderResult().cause()));
      return;
    }
    Optional<Destination> known = gateway.config().upstream(Heads.path(request));
    if (known.isEmpty()) {
      answer(Refusal.NO_ROUTE);
      return;
    }
    owner.more(); // mostly it is there, and so is all of the request
    if (phase != Phase.OVER) {
      acquire(known.get());
    }
  }

  private void acquire(Destination to) {
    destination = to;
    owner.nobodysTurn(); // the pool sees to it
    acquiring = gateway.pool().acquire(to, gateway.config().acquireTimeout(), this);
  }

  @Override
  public void acquired(Lease<Channel> got) {
    onLoop(() -> send(got));
  }

  @Override
  public void failed(IOException why) {
    onLoop(() -> answer(Refusal.ofAcquire(why)));
  }

  private void send(Lease<Channel> got) {
    acquiring = () -> {}; // done
    if (phase != Phase.ACQUIRING) {
      got.close(); // the client has gone
      return;
    }
    boolean isOnLoop = got.connection().eventLoop() == client.channel().eventLoop();
    upstream = new Borrowed(got, this, isOnLoop);
    Channel channel = upstream.channel();
    phase = Phase.SENT;
    log.upstream(got.route(), channel);
    if (passed == null) {
      passed = Heads.forUpstream(request, client.channel().remoteAddress(), owner.scheme());
    }
    ChannelFuture written = channel.write(passed);
    if (early != null) {
      Object part = early;
      early = null;
      pass(channel, part);
    } else if (hasWholeRequest) { // without a body
      pass(channel, LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      channel.flush();
      owner.clientsTurn();
    }
    readUpstream();
    written.addListener(
        done -> {
          if (!done.isSuccess()) {
            onLoop(() -> upstreamGone(channel, done.cause()));
          }
        });
  }

  // ---- what the client sends

  void fromClient(Object message) {
    if (phase == Phase.OVER) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(message);
      closes = true;
      answer(Refusal.ofRequest(part.decoderResult().cause()));
      return;
    }
    boolean isLast = message instanceof LastHttpContent;
    hasWholeRequest |= isLast;
    if (upstream == null) {
      early = message;
    } else {
      pass(upstream.channel(), message);
    }
    if (isLast) {
      owner.more(); // the next request waits there; and the client's end is heard of
    }
  }

  private void pass(Channel to, Object message) {
    to.writeAndFlush(message);
    if (message instanceof LastHttpContent) {
      await();
    } else if (to.isWritable()) {
      moreFromClient();
    } else {
      owner.upstreamsTurn();
    }
  }

  private void moreFromClient() {
    if (phase == Phase.SENT) {
      owner.clientsTurn();
    }
    owner.more(); // which may come at once
  }

  /** The upstream has taken what it was sent. */
  void upstreamWritable() {
    if (phase == Phase.SWITCHED || !hasWholeRequest) {
      moreFromClient();
    }
  }

  boolean hasWholeRequest() {
    return hasWholeRequest;
  }

  void clientGone() {
    if (phase != Phase.OVER) {
      log.status(499); // as nginx has it
      release(false);
      finish();
    }
  }

  /** The client's connection is to end after this one. */
  void drain() {
    closes = true;
  }

  // ---- what the upstream sends

  void fromUpstream(Channel from, Object message) {
    if (!isUpstream(from)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(message);
      upstreamGone(from, part.decoderResult().cause());
      return;
    }
    if (message instanceof HttpResponse response) {
      answered(response);
    }
    if (message instanceof HttpContent content) {
      contentFromUpstream(content);
    } else if (message instanceof ByteBuf bytes) {
      log.bytes(bytes.readableBytes());
      client.writeAndFlush(bytes);
    }
  }

  private void answered(HttpResponse response) {
    int status = response.status().code();
    if (status == 101) {
      switchProtocols(response);
    } else if (status < 200) {
      isInformational = true;
      if (request.protocolVersion().isKeepAliveDefault()) { // HTTP/1.0 knows none
        client.writeAndFlush(Heads.informational(response, request));
      }
    } else {
      phase = Phase.ANSWERED;
      log.status(status);
      mayReuse = HttpUtil.isKeepAlive(response);
      await();
      client.write(Heads.forClient(response, request, closes || !hasWholeRequest));
    }
  }

  private void contentFromUpstream(HttpContent content) {
    boolean isLast = content instanceof LastHttpContent;
    if (isInformational || phase == Phase.SWITCHED) {
      isInformational &= !isLast;
      content.release();
      return;
    }
    log.bytes(content.content().readableBytes());
    ChannelFuture written = client.write(content);
    if (isLast) {
      client.flush();
      release(true);
      end(written);
    } else {
      await();
    }
  }

  /** All is passed on that has come so far. */
  void upstreamPaused(Channel from) {
    if (isUpstream(from)) {
      client.flush();
      readUpstream();
    }
  }

  private void readUpstream() {
    if (upstream != null && client.channel().isWritable()) {
      upstream.read();
    } else if (upstream != null) {
      upstream.pause();
    }
  }

  /** What comes from another one is of an exchange that is over, or of the first try. */
  private boolean isUpstream(Channel from) {
    return phase != Phase.OVER && upstream != null && upstream.channel() == from;
  }

  /** The client has taken what it was sent. */
  void clientWritable() {
    await();
    readUpstream();
  }

  void upstreamGone(Channel from, @Nullable Throwable why) {
    if (!isUpstream(from)) {
      return;
    }
    release(false);
    if (phase == Phase.SENT && Heads.isSafe(request) && !isRetried && destination != null) {
      isRetried = true; // it may have closed for idling, just when the request came
      phase = Phase.ACQUIRING;
      acquire(destination);
    } else if (phase == Phase.SENT) {
      answer(Refusal.ofUpstream(why == null ? new EOFException("no response") : why));
    } else {
      client.close(); // so that it does not take the part for the whole
      finish();
    }
  }

  // ---- another protocol

  private void switchProtocols(HttpResponse response) {
    Borrowed held = upstream;
    if (held == null || !Heads.asksForWebSocket(request)) {
      release(false);
      answer(Refusal.ofUpstream(new IOException("101 that nobody asked for")));
      return;
    }
    phase = Phase.SWITCHED;
    owner.nobodysTurn();
    log.status(101);
    client.write(Heads.forClient(response, request, false));
    client.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    Front.switchProtocols(client.pipeline());
    held.switchProtocols();
    owner.more();
  }

  // ---- the end

  /** It is the upstream's turn, unless the client is too slow to take more. */
  private void await() {
    boolean isPassing = phase == Phase.SENT || phase == Phase.ANSWERED;
    if (!isPassing) {
      owner.nobodysTurn();
    } else if (client.channel().isWritable()) {
      owner.upstreamsTurn();
    } else {
      owner.clientsTurn();
    }
  }

  /** Answers in the upstream's place, or cuts the response off if it has begun. */
  void answer(Refusal refusal) {
    if (phase == Phase.OVER) {
      return;
    }
    release(false);
    log.reason(refusal.reason());
    if (phase == Phase.ANSWERED || phase == Phase.SWITCHED) {
      client.close();
      finish();
      return;
    }
    closes |= !hasWholeRequest && !Heads.isSafe(request); // who knows how long its body is
    log.status(refusal.status().code());
    end(client.writeAndFlush(refusal.response(closes)));
  }

  private void end(ChannelFuture written) {
    if (closes || (!hasWholeRequest && phase == Phase.ANSWERED)) {
      written.addListener(done -> client.close());
      client.flush();
    }
    finish();
  }

  private void finish() {
    phase = Phase.OVER;
    ReferenceCountUtil.release(early);
    log.write();
    acquiring.cancel();
    owner.ended(closes || !client.channel().isActive());
  }

  /** Gives the connection back, or has it closed, with what has been answered in whole or not. */
  private void release(boolean isAnswered) {
    Borrowed held = upstream;
    upstream = null;
    if (held != null && isAnswered && hasWholeRequest) {
      held.end(mayReuse);
    } else if (held != null) {
      held.breakOff();
    }
  }

  /** Runs it on the client's event loop. */
  void onLoop(Runnable step) {
    if (client.executor().inEventLoop()) {
      step.run();
    } else {
      client.executor().execute(step);
    }
  }
}
