package io.fourtuple.netty.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fourtuple.netty.http.Outcome.End;
import io.fourtuple.netty.http.ResponseMaker.Made;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Feeds a decoder with bytes in pieces and notes what comes out; checks what must always hold. */
final class ResponseRig extends ChannelInboundHandlerAdapter {
  static final HttpLimits LIMITS = new HttpLimits(64 << 10, 200, 10);

  private final UnpooledByteBufAllocator allocator;
  private final String method;
  private final ResponseDecoder decoder;
  private final EmbeddedChannel channel;

  private final List<Integer> statuses = new ArrayList<>();
  private final List<String> fields = new ArrayList<>();
  private final List<String> trailers = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private final StringBuilder raw = new StringBuilder();
  private End end = End.WAITING;
  private boolean isSwitched;
  private boolean isPoisoned;
  private boolean hadLeftover;
  private @Nullable IOException failure;
  private @Nullable KeepAlive keepAlive;
  private @Nullable Throwable broken;

  private ResponseRig(String method, HttpLimits limits) {
    this.method = method;
    allocator = new UnpooledByteBufAllocator(true);
    decoder = new ResponseDecoder(limits);
    channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(decoder, this);
    decoder.expect(method);
  }

  /** On the connection that has carried another exchange. */
  private ResponseRig(String method, ResponseRig before) {
    this.method = method;
    allocator = before.allocator;
    decoder = before.decoder;
    channel = before.channel;
    channel.pipeline().replace(before, null, this);
    decoder.expect(method);
  }

  /** The bytes in pieces that end at the given places, in order, and at their end. */
  static ResponseRig run(
      String method, byte[] bytes, boolean isClosed, HttpLimits limits, int... ends) {
    ResponseRig rig = new ResponseRig(method, limits);
    rig.feed(bytes, ends);
    rig.end(isClosed);
    return rig;
  }

  /** After another exchange, which must have ended well. */
  static ResponseRig runAfter(Made first, String method, byte[] bytes, boolean isClosed) {
    ResponseRig before = new ResponseRig(first.method(), LIMITS);
    before.feed(first.text().getBytes(ISO_8859_1));
    before.check(before.end == End.COMPLETE && !before.hadLeftover, "no good exchange");
    ResponseRig rig = new ResponseRig(method, before);
    rig.feed(bytes);
    rig.end(isClosed);
    return rig;
  }

  static ResponseRig run(String method, byte[] bytes, boolean isClosed, int... ends) {
    return run(method, bytes, isClosed, LIMITS, ends);
  }

  Outcome outcome() {
    return new Outcome(
        statuses, fields, body.toString(), trailers, raw.toString(), end, isPoisoned);
  }

  /** Why it failed; null if it did not. */
  @Nullable IOException failure() {
    return failure;
  }

  /** Whether there were bytes left over right at the end of the response. */
  boolean hadLeftover() {
    return hadLeftover;
  }

  @Nullable KeepAlive keepAlive() {
    return keepAlive;
  }

  private void feed(byte[] bytes, int... ends) {
    int from = 0;
    for (int to : ends) {
      piece(bytes, from, to);
      from = to;
    }
    piece(bytes, from, bytes.length);
  }

  private void piece(byte[] bytes, int from, int to) {
    if (from < to) {
      channel.writeInbound(allocator.directBuffer(to - from).writeBytes(bytes, from, to - from));
    }
  }

  private void end(boolean isClosed) {
    if (!isClosed && end == End.WAITING) {
      channel.pipeline().remove(this); // does not hear of the end
    }
    channel.finishAndReleaseAll();
    if (broken != null) {
      throw new AssertionError("broken after " + outcome(), broken);
    }
    ByteBufAllocatorMetric used = allocator.metric();
    check(used.usedDirectMemory() + used.usedHeapMemory() == 0, "buffers have leaked");
  }

  private void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule + " after " + outcome());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      check(failure == null, "something came after a failure: " + message);
      if (message instanceof ResponseFailure failed) {
        failed(failed);
      } else if (message instanceof ByteBuf bytes) {
        check(isSwitched, "bytes came although nothing was switched");
        raw.append(bytes.toString(ISO_8859_1));
      } else {
        object((HttpObject) message);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void failed(ResponseFailure failed) {
    check(failed.decoderResult().cause() == failed.cause(), "two causes");
    failure = failed.cause();
    if (end == End.COMPLETE) {
      isPoisoned = true;
    } else {
      end = failure instanceof EOFException ? End.CUT_OFF : End.WRONG;
    }
  }

  private void object(HttpObject message) {
    check(message.decoderResult().isSuccess(), "a failure in disguise");
    check(end != End.COMPLETE, "something came after the end: " + message);
    if (message instanceof HttpResponse response) {
      int status = response.status().code();
      check(statuses.isEmpty() || statuses.get(statuses.size() - 1) < 200, "two responses");
      statuses.add(status);
      note(response.headers(), fields);
      isSwitched = status == 101 || (method.equals("CONNECT") && status / 100 == 2);
      keepAlive = KeepAlive.of(response, decoder.isCloseDelimited());
    }
    if (message instanceof HttpContent content) {
      body.append(content.content().toString(ISO_8859_1));
    }
    if (message instanceof LastHttpContent last) {
      note(last.trailingHeaders(), trailers);
      int status = statuses.get(statuses.size() - 1);
      if (status >= 200 || status == 101) {
        end = End.COMPLETE;
        hadLeftover = decoder.hasLeftover();
      }
    }
  }

  private static void note(HttpHeaders headers, List<String> notes) {
    for (Map.Entry<String, String> field : headers) {
      if (!ReferenceParser.isFraming(field.getKey())) {
        notes.add(field.getKey() + ": " + field.getValue());
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    broken = cause; // nothing may be thrown: failures are messages
  }
}
