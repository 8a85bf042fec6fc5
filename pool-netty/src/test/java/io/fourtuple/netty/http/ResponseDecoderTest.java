package io.fourtuple.netty.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One exchange after the other on one connection. */
class ResponseDecoderTest {
  private static final String EMPTY =
      ResponseCase.response("", "HTTP/1.1 200 OK", "Content-Length: 0");

  private final ResponseDecoder decoder = new ResponseDecoder(ResponseRig.LIMITS);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

  @AfterEach
  void nothingElseComes() {
    assertThat(channel.inboundMessages()).isEmpty();
    channel.finishAndReleaseAll();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  private HttpResponse response(int status) {
    HttpResponse response = channel.readInbound();
    assertThat(response.status().code()).isEqualTo(status);
    return response;
  }

  private void end() {
    ReferenceCountUtil.release(channel.<LastHttpContent>readInbound());
  }

  private IOException failure() {
    return channel.<ResponseFailure>readInbound().cause();
  }

  @Test
  void eachRequestHasItsResponse() {
    for (String method : new String[] {"HEAD", "GET", "HEAD"}) {
      decoder.expect(method);
      channel.writeInbound(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
      if (method.equals("GET")) {
        channel.writeInbound(bytes("hello"));
      }
      response(200);
      end();
      assertThat(decoder.hasLeftover()).isFalse();
    }
  }

  @Test
  void nothingOfOneResponseIsLeftInTheNext() {
    decoder.expect("GET");
    channel.writeInbound(bytes("\n\nHTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
    assertThat(failure()).isInstanceOf(ProtocolException.class);
    ResponseDecoder other = new ResponseDecoder(ResponseRig.LIMITS);
    EmbeddedChannel reused = new EmbeddedChannel(other);
    for (String first : new String[] {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", EMPTY}) {
      other.expect("GET");
      reused.writeInbound(bytes("\n".repeat(16) + first));
      HttpResponse response = reused.readInbound();
      assertThat(first).startsWith(response.protocolVersion().text());
      assertThat(other.isCloseDelimited()).isFalse();
      assertThat(reused.<Object>readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
    }
    reused.finishAndReleaseAll();
  }

  @Test
  void bytesBeforeTheFirstRequestAreReported() {
    channel.writeInbound(bytes(EMPTY));
    assertThat(failure()).hasMessage(EMPTY.length() + " bytes that no request has asked for");
    decoder.expect("GET");
    channel.writeInbound(bytes(EMPTY));
  }

  @Test
  void bytesBetweenRequestsAreReported() {
    decoder.expect("GET");
    channel.writeInbound(bytes(EMPTY));
    response(200);
    end();
    channel.writeInbound(bytes("\r\n"));
    assertThat(failure()).hasMessage("2 bytes that no request has asked for");
  }

  @Test
  void whatWasThereBeforeARequestIsNoResponseToIt() {
    channel
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof LastHttpContent && decoder.hasLeftover()) {
                  decoder.expect("GET");
                }
                context.fireChannelRead(message);
              }
            });
    decoder.expect("GET");
    channel.writeInbound(bytes(EMPTY + EMPTY));
    response(200);
    end();
    assertThat(failure()).hasMessage(EMPTY.length() + " bytes that no request has asked for");
  }

  @Test
  void oneRequestAtATime() {
    decoder.expect("GET");
    assertThatIllegalStateException()
        .isThrownBy(() -> decoder.expect("HEAD"))
        .withMessage("a response is outstanding, of GET");
  }

  @Test
  void nothingFollowsAFailure() {
    decoder.expect("GET");
    channel.writeInbound(bytes("SSH-2.0-OpenSSH\r\n"));
    channel.writeInbound(bytes(EMPTY));
    assertThat(failure()).hasMessage("response must begin with HTTP/1., was 0x53");
  }

  @Test
  void theEndOfTheInputCountsOnce() {
    decoder.expect("GET");
    channel.writeInbound(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"));
    response(200);
    ReferenceCountUtil.release(channel.readInbound());
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(failure())
        .isInstanceOf(EOFException.class)
        .hasMessage("connection closed after 4 of 5 bytes of the body");
    channel.finish();
  }

  @Test
  void theEndOfTheInputEndsABody() {
    decoder.expect("GET");
    channel.writeInbound(bytes("HTTP/1.1 200 OK\r\n\r\nhello"));
    response(200);
    assertThat(decoder.isCloseDelimited()).isTrue();
    ReferenceCountUtil.release(channel.readInbound());
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    end();
    channel.finish();
  }

  @Test
  void afterASwitchTheDecoderCanGo() {
    decoder.expect("CONNECT");
    channel.writeInbound(bytes("HTTP/1.1 200 OK\r\n\r\nraw"));
    response(200);
    end();
    ReferenceCountUtil.release(channel.<ByteBuf>readInbound());
    channel.pipeline().remove(decoder);
    channel.writeInbound(bytes("more"));
    ByteBuf more = channel.readInbound();
    assertThat(more.toString(ISO_8859_1)).isEqualTo("more");
    more.release();
  }

  @Test
  void whateverIsCaughtBecomesAnIoException() {
    IOException reset = new IOException("reset");
    assertThat(ResponseFailure.reason(reset)).isSameAs(reset);
    assertThat(ResponseFailure.reason(new DecoderException(reset))).isSameAs(reset);
    RuntimeException bug = new IllegalStateException("bug");
    assertThat(ResponseFailure.reason(bug))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("bug")
        .hasCause(bug);
  }
}
