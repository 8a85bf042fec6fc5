package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.pool.EndpointResolver.Resolution;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The resolvers that come with the pool, and what they answer with. */
class EndpointResolverTest {
  @Test
  void aFixedOneKnowsItsNamesInUpperAndLowerCase() {
    EndpointResolver resolver =
        EndpointResolver.fixed(Map.of("Shop.Example", List.of(ONE.address(), OTHER.address())));
    assertThat(resolver.resolve("shop.example", 443).toCompletableFuture().join().endpoints())
        .containsExactly(ONE, OTHER);
    assertThat(resolver.resolve("till.example", 443).toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(UnknownHostException.class)
        .withMessageEndingWith("till.example is none of the names that were given");
  }

  @Test
  void aFixedOneNeedsAnAddressPerName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EndpointResolver.fixed(Map.of("shop.example", List.of())))
        .withMessage("addresses must not be empty, name shop.example");
  }

  @Test
  void theJdkIsAskedOnADaemonThread() throws Exception {
    CompletableFuture<Thread> asked = new CompletableFuture<>();
    JdkResolver resolver =
        new JdkResolver(
            host -> {
              asked.complete(Thread.currentThread());
              return new InetAddress[] {ONE.address(), OTHER.address()};
            });
    Resolution answer = resolver.resolve("shop.example", 443).toCompletableFuture().get();
    assertThat(answer.endpoints()).containsExactly(ONE, OTHER);
    assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(30));
    assertThat(answer.isComplete()).isTrue();
    assertThat(asked.get().isDaemon()).isTrue();
    assertThat(asked.get()).isNotSameAs(Thread.currentThread());
  }

  @Test
  void whatTheJdkThrowsIsTheFailure() {
    JdkResolver resolver =
        new JdkResolver(
            host -> {
              throw new UnknownHostException(host);
            });
    assertThat(resolver.resolve("shop.example", 443).toCompletableFuture())
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void oneNameThatHangsDoesNotHoldUpAnother() throws Exception {
    CompletableFuture<String> hangs = new CompletableFuture<>();
    JdkResolver resolver =
        new JdkResolver(
            host -> {
              if (host.equals("slow.example")) {
                hangs.join();
              }
              return new InetAddress[] {ONE.address()};
            });
    CompletableFuture<Resolution> slow =
        resolver.resolve("slow.example", 443).toCompletableFuture();
    assertThat(resolver.resolve("shop.example", 443).toCompletableFuture().get().endpoints())
        .containsExactly(ONE);
    assertThat(slow).isNotDone();
    hangs.complete("no more");
    assertThat(slow.get().endpoints()).containsExactly(ONE);
  }

  @Test
  void theJdkReadsLiteralAddresses() throws Exception {
    assertThat(EndpointResolver.jdk().resolve("203.0.113.7", 443).toCompletableFuture().get())
        .isEqualTo(new Resolution(List.of(ONE), Duration.ofSeconds(30)));
  }

  @Test
  void anAnswerDropsRepetitionsAndRefusesANegativeTime() {
    assertThat(new Resolution(List.of(ONE, OTHER, ONE), Duration.ZERO).endpoints())
        .containsExactly(ONE, OTHER);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Resolution(List.of(ONE), Duration.ofSeconds(-1)))
        .withMessage("ttl must be >= 0, was PT-1S");
  }
}
