package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an HTTP/2 server may do to a stream, or a connection. */
@SuppressWarnings("FutureReturnValueIgnored") // of writes: the client tells
class Http2FaultsTest {
  @AutoClose private final HttpRig rig = new HttpRig();
  private final BlockingQueue<WebServer.Incoming> arrived = new LinkedBlockingQueue<>();
  private WebServer server;
  private PooledHttpClient client;

  @BeforeEach
  void start() throws Exception {
    server = rig.server(Setup.OURS_TLS_HTTP2, arrived::add);
    client = (PooledHttpClient) rig.client(Setup.OURS_TLS_HTTP2);
  }

  private CompletableFuture<HttpResponse<String>> get() {
    return client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> post() {
    return client.sendAsync(
        HttpRequest.newBuilder(server.uri("/")).POST(BodyPublishers.ofString("content")).build(),
        BodyHandlers.ofString());
  }

  private WebServer.Incoming next() throws InterruptedException {
    WebServer.Incoming request = arrived.poll(Setup.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request");
    }
    return request;
  }

  private static void headers(WebServer.Incoming request, String status, boolean isEnd) {
    Http2Headers headers = new DefaultHttp2Headers(false).status(status);
    request.context().writeAndFlush(new DefaultHttp2HeadersFrame(headers, isEnd));
  }

  private static void reset(WebServer.Incoming request, Http2Error error) {
    raw(
        request,
        (writer, context, stream) ->
            writer.writeRstStream(context, stream, error.code(), context.newPromise()));
  }

  /** Writes frames, whatever state netty takes the stream to be in. */
  private interface Raw {
    void write(Http2FrameWriter writer, ChannelHandlerContext context, int stream);
  }

  private static void raw(WebServer.Incoming request, Raw frames) {
    Channel connection = request.channel().parent();
    int stream = ((Http2StreamChannel) request.channel()).stream().id();
    connection
        .eventLoop()
        .execute(
            () -> {
              Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
              ChannelHandlerContext context = connection.pipeline().context(codec);
              frames.write(codec.encoder().frameWriter(), context, stream);
              context.flush();
            });
  }

  /** The connection, or another one, does for the next request. */
  private void assertGoesOn(int connections) throws Exception {
    HttpRig.assertAtRest(client);
    var future = get();
    next().reply("goes on");
    assertThat(HttpRig.await(future).body()).isEqualTo("goes on");
    assertThat(server.connections()).hasSize(connections);
    HttpRig.assertAtRest(client);
  }

  @Test
  void aStreamThatIsResetIsTheOnlyOne() throws Exception {
    var first = get();
    WebServer.Incoming one = next();
    var second = get();
    WebServer.Incoming other = next();
    reset(one, Http2Error.INTERNAL_ERROR);
    assertThat(HttpRig.failure(first))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("INTERNAL_ERROR");
    other.reply("body");
    assertThat(HttpRig.await(second).body()).isEqualTo("body");
    assertGoesOn(1);
  }

  @Test
  void aBodyIsCutOff() throws Exception {
    var future = get();
    WebServer.Incoming request = next();
    request.head(200);
    request.chunk(new byte[10]);
    reset(request, Http2Error.INTERNAL_ERROR);
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    assertGoesOn(1);
  }

  /** The server has not begun: RFC 9113, 8.7. */
  @Test
  void whatIsRefusedIsSentAgainForAWhile() throws Exception {
    var future = post();
    reset(next(), Http2Error.REFUSED_STREAM);
    WebServer.Incoming again = next();
    assertThat(again.text()).isEqualTo("content");
    again.reply("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    var refused = post();
    for (int i = 0; i <= Retry.MAX_UNPROCESSED; i++) {
      reset(next(), Http2Error.REFUSED_STREAM);
    }
    assertThat(HttpRig.failure(refused)).isInstanceOf(IOException.class);
    assertGoesOn(1);
  }

  @Test
  void whatGoAwayLeavesOutIsSentElsewhere() throws Exception {
    var future = post();
    WebServer.Incoming request = next();
    raw(
        request,
        (writer, context, stream) ->
            writer.writeGoAway(context, 0, 0, Unpooled.EMPTY_BUFFER, context.newPromise()));
    WebServer.Incoming again = next();
    assertThat(again.channel().parent()).isNotSameAs(request.channel().parent());
    again.reply("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    assertGoesOn(2);
  }

  @Test
  void whatGoAwayTakesInGoesOn() throws Exception {
    var future = get();
    WebServer.Incoming request = next();
    request.channel().parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    request.reply("last");
    assertThat(HttpRig.await(future).body()).isEqualTo("last");
    HttpRig.await(
        CancelTest.toCompletable(request.channel().parent().closeFuture())); // by the client
    assertGoesOn(2);
  }

  @Test
  void aConnectionThatEndsEndsAllItsStreams() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> futures = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      futures.add(post());
    }
    WebServer.Incoming last = next();
    for (int i = 1; i < 20; i++) {
      last = next();
    }
    assertThat(server.connections()).hasSize(1);
    last.channel().parent().close();
    for (var future : futures) {
      assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    }
    assertGoesOn(2);
  }

  @Test
  void informationalResponsesArePassedOver() throws Exception {
    var future = get();
    WebServer.Incoming request = next();
    for (int i = 0; i < 16; i++) {
      headers(request, "103", false);
    }
    request.reply("body");
    assertThat(HttpRig.await(future).body()).isEqualTo("body");
    assertGoesOn(1);
  }

  @Test
  void butNotAnyNumberOfThem() throws Exception {
    var future = get();
    WebServer.Incoming request = next();
    for (int i = 0; i < 17; i++) {
      headers(request, "103", false);
    }
    assertThat(HttpRig.failure(future))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("16 informational");
    assertGoesOn(1);
  }

  @Test
  void anInformationalResponseIsNotTheLast() throws Exception {
    var future = get();
    headers(next(), "103", true);
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    HttpRig.assertAtRest(client);
  }

  @Test
  void aStatusIsANumber() throws Exception {
    var future = get();
    Http2Headers headers = new DefaultHttp2Headers(false).status("2x0");
    raw(
        next(),
        (writer, context, stream) ->
            writer.writeHeaders(context, stream, headers, 0, true, context.newPromise()));
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    HttpRig.assertAtRest(client);
  }

  @Test
  void aBodyFollowsAHead() throws Exception {
    var future = get();
    raw(
        next(),
        (writer, context, stream) ->
            writer.writeData(
                context,
                stream,
                Unpooled.wrappedBuffer(new byte[3]),
                0,
                true,
                context.newPromise()));
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    HttpRig.assertAtRest(client);
  }

  @Test
  void trailersAreReadAndForgotten() throws Exception {
    var future = get();
    WebServer.Incoming request = next();
    headers(request, "200", false);
    request
        .context()
        .writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[] {97, 98, 99})));
    Http2Headers trailers = new DefaultHttp2Headers().add("x-sum", "1");
    request.context().writeAndFlush(new DefaultHttp2HeadersFrame(trailers, true));
    HttpResponse<String> response = HttpRig.await(future);
    assertThat(response.body()).isEqualTo("abc");
    assertThat(response.headers().map()).doesNotContainKey("x-sum");
    assertGoesOn(1);
  }
}
