package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Runs in a private network, where the Redis listens: see {@link BlockingClientsIT}. */
class JedisScenarios {
  private static final int PORT = 6_379;

  @TempDir Path directory;

  @Test
  void jedis() throws Exception {
    Process redis = Programs.redis(directory, PORT);
    try (OneSource source = OneSource.owned()) {
      source.serves(
          () -> {
            try (Jedis client = BlockingRecipes.jedis("127.0.0.1", PORT, source.sockets)) {
              assertThat(client.incr("visits")).isPositive();
            }
          });
    } finally {
      redis.destroy();
      redis.waitFor();
    }
  }
}
