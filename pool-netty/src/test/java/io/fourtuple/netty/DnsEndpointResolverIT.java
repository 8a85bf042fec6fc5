package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.EndpointResolver.Resolution;
import io.fourtuple.port.Endpoint;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes of answers of a name server. */
class DnsEndpointResolverIT {
  private static final Endpoint FOUR = Endpoint.of("203.0.113.7", 443);
  private static final Endpoint FOUR_TOO = Endpoint.of("203.0.113.8", 443);
  private static final Endpoint SIX = Endpoint.of("2001:db8::7", 443);
  private static final String SHOP = "shop.example";

  private final NameServer server = new NameServer();
  private DnsEndpointResolver resolver = resolver(settings -> settings);

  private DnsEndpointResolver resolver(UnaryOperator<DnsEndpointResolver.Builder> settings) {
    return settings
        .apply(DnsEndpointResolver.builder().nameServers(List.of(server.address())))
        .build();
  }

  @AfterEach
  void close() {
    resolver.close();
    server.close();
  }

  private CompletableFuture<Resolution> ask(String name) {
    return resolver.resolve(name, 443).toCompletableFuture();
  }

  private Resolution answer(String name) throws Exception {
    return ask(name).get(1, TimeUnit.MINUTES);
  }

  private ThrowableAssertAlternative<?> assertFailure(String name) {
    return assertThat(ask(name))
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void allAddressesOfBothFamiliesAreFound() throws Exception {
    server
        .address(SHOP, 300, FOUR.address())
        .address(SHOP, 300, FOUR_TOO.address())
        .address(SHOP, 300, SIX.address());
    Resolution answer = answer(SHOP);
    assertThat(answer.endpoints()).containsExactlyInAnyOrder(SIX, FOUR, FOUR_TOO);
    assertThat(answer.isComplete()).isTrue();
    assertThat(server.asked).contains("A shop.example.", "AAAA shop.example.");
  }

  @Test
  void theShortestTimeOfAllRecordsCounts() throws Exception {
    server
        .address(SHOP, 300, FOUR.address())
        .address(SHOP, 20, FOUR_TOO.address())
        .address(SHOP, 60, SIX.address());
    assertThat(answer(SHOP).ttl()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void aliasesAreFollowedAndTheirTimesCountToo() throws Exception {
    server
        .alias(SHOP, 5, "lb.example")
        .alias("lb.example", 7, "farm.example")
        .address("farm.example", 300, FOUR.address());
    Resolution answer = answer(SHOP);
    assertThat(answer.endpoints()).containsExactly(FOUR);
    assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void timesAreBounded() throws Exception {
    resolver.close();
    resolver = resolver(it -> it.ttl(Duration.ofSeconds(10), Duration.ofSeconds(60)));
    server.address(SHOP, 0, FOUR.address()).address("till.example", 3600, FOUR.address());
    assertThat(answer(SHOP).ttl()).isEqualTo(Duration.ofSeconds(10));
    assertThat(answer("till.example").ttl()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void everyQuestionIsAskedAnew() throws Exception {
    server.address(SHOP, 300, FOUR.address());
    assertThat(answer(SHOP).endpoints()).containsExactly(FOUR);
    server.forget();
    server.address(SHOP, 300, FOUR_TOO.address());
    assertThat(answer(SHOP).endpoints()).containsExactly(FOUR_TOO);
  }

  @Test
  void aFamilyWithoutAddressesIsAnAnswerToo() throws Exception {
    server.address(SHOP, 300, SIX.address());
    Resolution answer = answer(SHOP);
    assertThat(answer.endpoints()).containsExactly(SIX);
    assertThat(answer.isComplete()).isTrue();
  }

  @Test
  void aFamilyThatIsNotAnsweredForMakesTheAnswerIncomplete() throws Exception {
    resolver.close();
    resolver = resolver(it -> it.queryTimeout(Duration.ofSeconds(2)));
    server.address(SHOP, 300, FOUR.address()).drop(DnsRecordType.AAAA);
    Resolution answer = answer(SHOP);
    assertThat(answer.endpoints()).containsExactly(FOUR);
    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void soDoesAnErrorOfTheNameServer() throws Exception {
    server.address(SHOP, 300, FOUR.address()).refuse(DnsRecordType.AAAA, DnsResponseCode.SERVFAIL);
    Resolution answer = answer(SHOP);
    assertThat(answer.endpoints()).containsExactly(FOUR);
    assertThat(answer.isComplete()).isFalse();
  }

  @Test
  void aNameThatDoesNotExistFails() {
    assertFailure(SHOP).withMessage("shop.example has no address").withNoCause();
  }

  @Test
  void aNameServerThatDoesNotAnswerFails() {
    resolver.close();
    resolver = resolver(it -> it.queryTimeout(Duration.ofMillis(50)));
    server.drop(DnsRecordType.A).drop(DnsRecordType.AAAA);
    assertFailure(SHOP)
        .withMessage("shop.example was not answered for")
        .withRootCauseInstanceOf(DnsNameResolverTimeoutException.class);
  }

  @Test
  void literalAddressesNeedNoNameServer() throws Exception {
    assertThat(answer("203.0.113.7").endpoints()).containsExactly(FOUR);
    assertThat(answer("2001:db8::7").endpoints()).containsExactly(SIX);
    assertThat(server.asked).isEmpty();
  }

  @Test
  void closingItFailsWhatIsOpen() {
    server.drop(DnsRecordType.A).drop(DnsRecordType.AAAA);
    CompletableFuture<Resolution> open = ask(SHOP);
    resolver.close();
    assertThat(open)
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOf(IllegalStateException.class)
        .withMessage("the resolver is closed");
  }

  @Test
  void onceClosedItFails() {
    resolver.close();
    assertThat(ask(SHOP))
        .failsWithin(1, TimeUnit.MINUTES)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class);
  }
}
