package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortSelection;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a private network, where the Redis listens: see {@link RedisIT}. */
class RedisScenarios {
  /** More than there are ports. */
  private static final int CONNECTIONS = 200;

  private static final int REDIS_PORT = 6_379;

  @TempDir Path directory;
  private Process redis;

  @BeforeEach
  void start() throws IOException {
    redis = Programs.redis(directory, REDIS_PORT);
  }

  @AfterEach
  void stop() throws InterruptedException {
    redis.destroy();
    redis.waitFor();
  }

  @Test
  void connectionsWaitForPortsUntilOthersAreClosed() throws Exception {
    TwoSources sources = TwoSources.picked(PortSelection.OWNED);
    ClientResources resources = Recipes.lettuce(ClientResources.builder(), sources.handler).build();
    RedisClient client = RedisClient.create(resources);
    client.setOptions(
        ClientOptions.builder()
            .socketOptions(SocketOptions.builder().connectTimeout(TwoSources.PATIENCE).build())
            .build());
    RedisURI uri = RedisURI.create("127.0.0.1", REDIS_PORT);
    List<CompletableFuture<StatefulRedisConnection<String, String>>> connections =
        Stream.generate(() -> client.connectAsync(StringCodec.UTF8, uri).toCompletableFuture())
            .limit(CONNECTIONS)
            .toList();
    Await.until(
        "the others wait for ports",
        () ->
            connections.stream().filter(CompletableFuture::isDone).count() == TwoSources.PORTS
                && sources.handler.waiting() == CONNECTIONS - TwoSources.PORTS,
        () -> sources.toString());
    assertThat(sources.established()).isEqualTo(TwoSources.PORTS);

    List<CompletableFuture<Void>> callers =
        connections.stream()
            .map(
                opened ->
                    opened.thenCompose(
                        connection ->
                            connection
                                .async()
                                .incr("visits")
                                .thenCompose(visits -> connection.closeAsync())))
            .toList();
    for (CompletableFuture<Void> caller : callers) {
      caller.get(50, TimeUnit.SECONDS);
    }
    try (StatefulRedisConnection<String, String> last = client.connect(uri)) {
      assertThat(last.sync().get("visits")).isEqualTo(Integer.toString(CONNECTIONS));
    }
    client.shutdown();
    resources.shutdown().await(50, TimeUnit.SECONDS);
    sources.agreeWithTheKernel();
  }
}
