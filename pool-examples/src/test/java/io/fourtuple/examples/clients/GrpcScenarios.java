package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortSelection;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs in a private network: see {@link GrpcIT}. */
class GrpcScenarios {
  /** Each with a connection, and more than there are ports. */
  private static final int CHANNELS = 200;

  /** Where the kernel refuses a port, gRPC connects again, and nobody notices. */
  private static final CallOptions PATIENT = CallOptions.DEFAULT.withWaitForReady();

  private static final Endpoint ENDPOINT = Endpoint.of("127.0.0.1", 8_081);
  private static final MethodDescriptor<String, String> SAY =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName("Echo", "say"))
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  /** Calls that wait for the server's answers. */
  private final Queue<StreamObserver<String>> held = new ConcurrentLinkedQueue<>();

  private final List<ManagedChannel> channels = new ArrayList<>();
  private volatile boolean answers;
  private Server server;

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(ENDPOINT.toSocketAddress())
            .addService(
                ServerServiceDefinition.builder("Echo")
                    .addMethod(SAY, ServerCalls.asyncUnaryCall((said, call) -> received(call)))
                    .build())
            .build()
            .start();
  }

  private void received(StreamObserver<String> call) {
    if (answers) {
      answer(call);
    } else {
      held.add(call);
    }
  }

  private static void answer(StreamObserver<String> call) {
    call.onNext("welcome");
    call.onCompleted();
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void channelsWaitForPortsUntilOthersAreShutDown() throws Exception {
    TwoSources sources = TwoSources.picked(PortSelection.OWNED);
    List<ListenableFuture<String>> said = new ArrayList<>();
    for (int i = 0; i < CHANNELS; i++) {
      ManagedChannel channel =
          Recipes.grpc(
                  NettyChannelBuilder.forAddress(ENDPOINT.toSocketAddress()),
                  loops,
                  sources.handler)
              .withOption(
                  ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TwoSources.PATIENCE.toMillis())
              .usePlaintext()
              .build();
      channels.add(channel);
      ListenableFuture<String> call =
          ClientCalls.futureUnaryCall(channel.newCall(SAY, PATIENT), "hello");
      call.addListener(channel::shutdown, MoreExecutors.directExecutor());
      said.add(call);
    }
    Await.until(
        "the others wait for ports",
        () ->
            held.size() == TwoSources.PORTS
                && sources.handler.waiting() == CHANNELS - TwoSources.PORTS,
        () -> sources.toString());
    assertThat(sources.established()).isEqualTo(TwoSources.PORTS);
    assertThat(said).noneMatch(Future::isDone);

    answers = true; // nobody is on the way to the server
    held.forEach(GrpcScenarios::answer);
    for (Future<String> call : said) {
      assertThat(call.get(50, TimeUnit.SECONDS)).isEqualTo("welcome");
    }
    for (ManagedChannel channel : channels) {
      assertThat(channel.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
    }
    sources.agreeWithTheKernel();
  }
}
