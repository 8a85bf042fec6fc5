package io.fourtuple.examples.clients;

import io.fourtuple.port.PortSelection;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SdkHttpContentPublisher;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/** Runs in a private network: see {@link HttpClientsIT}. */
class AwsScenarios {
  /** More than there are ports. */
  private static final int MOST_CONNECTIONS = 500;

  @Test
  @SuppressWarnings("deprecation") // the SDK accepts no other groups
  void callersWaitForPortsAndConnectionsAreUsedAgain() throws Exception {
    TwoSources sources = TwoSources.picked(PortSelection.OWNED);
    EventLoopGroup loops = new NioEventLoopGroup(2);
    try (HoldingServer server = new HoldingServer(8_081)) {
      try (SdkAsyncHttpClient client =
          NettyNioAsyncHttpClient.builder()
              .maxConcurrency(MOST_CONNECTIONS)
              .connectionTimeout(TwoSources.PATIENCE)
              .connectionAcquisitionTimeout(TwoSources.PATIENCE)
              .connectionMaxIdleTime(TwoSources.PATIENCE)
              .eventLoopGroup(Recipes.aws(loops, sources.handler))
              .build()) {
        Crowd crowd = new Crowd(sources, server, () -> get(client, server.uri()));
        crowd.waitsForPorts();
        crowd.usesConnectionsAgain();
      }
      loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
      sources.agreeWithTheKernel();
    }
  }

  private static CompletableFuture<String> get(SdkAsyncHttpClient client, String uri) {
    Answer answer = new Answer();
    CompletableFuture<Void> done =
        client.execute(
            AsyncExecuteRequest.builder()
                .request(
                    SdkHttpFullRequest.builder()
                        .method(SdkHttpMethod.GET)
                        .uri(URI.create(uri))
                        .build())
                .requestContentPublisher(new Nothing())
                .responseHandler(answer)
                .build());
    return done.thenCompose(nothing -> answer.body);
  }

  private static final class Answer implements SdkAsyncHttpResponseHandler {
    final CompletableFuture<String> body = new CompletableFuture<>();

    @Override
    public void onHeaders(SdkHttpResponse response) {}

    @Override
    public void onStream(Publisher<ByteBuffer> parts) {
      Flux.from(parts)
          .map(part -> StandardCharsets.UTF_8.decode(part).toString())
          .collect(Collectors.joining())
          .subscribe(body::complete, body::completeExceptionally);
    }

    @Override
    public void onError(Throwable error) {
      body.completeExceptionally(error);
    }
  }

  private static final class Nothing implements SdkHttpContentPublisher {
    @Override
    public Optional<Long> contentLength() {
      return Optional.of(0L);
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      Flux.<ByteBuffer>empty().subscribe(subscriber);
    }
  }
}
