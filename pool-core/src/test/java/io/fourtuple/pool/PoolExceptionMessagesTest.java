package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What errors say, word for word: operators search their logs for it. */
class PoolExceptionMessagesTest {
  private static final Endpoint SHOP = Endpoint.of("203.0.113.7", 443);
  private static final Destination DESTINATION = Destination.of("shop.example", SHOP);
  private static final DestinationSnapshot STATE =
      new DestinationSnapshot(
          DESTINATION,
          List.of(
              new EndpointSnapshot(SHOP, 1, 40, 40, 3, 0, false, false),
              new EndpointSnapshot(Endpoint.of("203.0.113.8", 443), 0, 8, 8, 1, 0, false, false)),
          17,
          0,
          PoolCounters.NONE);

  private final IOException refused = new IOException("Connection refused");

  @Test
  void acquireTimeout() {
    AcquireTimeoutException e = timedOut();
    assertThat(e)
        .hasMessage(
            "no connection to shop.example after 250 ms:"
                + " leased=48, idle=1, connecting=4, waiting=17")
        .hasCause(refused);
    assertThat(e.waited()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void tooManyWaiters() {
    TooManyWaitersException e = turnedAway();
    assertThat(e)
        .hasMessage(
            "no connection to shop.example at once, and 10000 callers wait, as many as may:"
                + " leased=48, connecting=4")
        .hasNoCause();
    assertThat(e.maxWaiters()).isEqualTo(10_000);
  }

  @Test
  void connectFailed() {
    ConnectFailedException e =
        new ConnectFailedException(DESTINATION, "every endpoint is down", null, refused);
    assertThat(e)
        .hasMessage("no connection to shop.example: every endpoint is down")
        .hasCause(refused);
    assertThat(e.retryAfter()).isEmpty();
  }

  @Test
  void connectFailedWithANextAttempt() {
    ConnectFailedException e = downForAWhile();
    assertThat(e)
        .hasMessage("no connection to shop.example: every endpoint is down, next attempt in 1.5 s");
    assertThat(e.retryAfter()).contains(Duration.ofMillis(1_460));
  }

  @Test
  void poolClosed() {
    assertThat(new PoolClosedException(DESTINATION))
        .hasMessage("no connection to shop.example: the pool is closed")
        .hasNoCause();
  }

  @Test
  void portsExhausted() {
    PortsExhaustedException e = outOfPorts();
    assertThat(e)
        .hasMessage(
            "no free local port on 10.0.0.5:[40000-40511] to 203.0.113.7:443 after 250 ms:"
                + " established=498, connecting=3, closing=2, time-wait=11 (next free in 4.2 s),"
                + " foreign=5, waiting=17");
    assertThat(e.retryAfter()).contains(Duration.ofSeconds(9));
    assertThat(e.waited()).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void portsExhaustedAtOnceAndNothingKnown() {
    assertThat(new PortsExhaustedException(List.of(census("10.0.0.5", -1)), Duration.ZERO, null))
        .hasMessage(
            "no free local port on 10.0.0.5:[40000-40511] to 203.0.113.7:443:"
                + " established=498, connecting=3, closing=2, time-wait=11, foreign=5, waiting=17");
  }

  @Test
  void portsExhaustedOnSeveralRoutes() {
    assertThat(
            new PortsExhaustedException(
                List.of(census("10.0.0.5", -1), census("10.0.0.6", 900_000_000L)),
                Duration.ZERO,
                Duration.ofMillis(900)))
        .hasMessage(
            "no free local port on any of 2 routes (for this caller in 0.9 s):"
                + " 10.0.0.5:[40000-40511] to 203.0.113.7:443: established=498, connecting=3,"
                + " closing=2, time-wait=11, foreign=5, waiting=17;"
                + " 10.0.0.6:[40000-40511] to 203.0.113.7:443: established=498, connecting=3,"
                + " closing=2, time-wait=11 (next free in 0.9 s), foreign=5, waiting=17");
  }

  @Test
  void portsExhaustedOnManyRoutesShowsFour() {
    assertThat(
            new PortsExhaustedException(
                Collections.nCopies(64, census("10.0.0.5", -1)), Duration.ofSeconds(2), null))
        .hasMessageStartingWith("no free local port on any of 64 routes after 2000 ms: 10.0.0.5:")
        .hasMessageEndingWith("waiting=17; and 60 more");
  }

  @Test
  void numbersAreWrittenTheSameEverywhere() {
    Locale before = Locale.getDefault();
    List<String> here = messagesWithNumbers();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(messagesWithNumbers()).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  private List<String> messagesWithNumbers() {
    return Stream.of(timedOut(), turnedAway(), downForAWhile(), outOfPorts())
        .map(Throwable::getMessage)
        .toList();
  }

  private AcquireTimeoutException timedOut() {
    return new AcquireTimeoutException(STATE, Duration.ofMillis(250), refused);
  }

  private static TooManyWaitersException turnedAway() {
    return new TooManyWaitersException(STATE, 10_000);
  }

  private static ConnectFailedException downForAWhile() {
    return new ConnectFailedException(
        DESTINATION, "every endpoint is down", Duration.ofMillis(1_460), null);
  }

  private static PortsExhaustedException outOfPorts() {
    return new PortsExhaustedException(
        List.of(census("10.0.0.5", 4_200_000_000L)), Duration.ofMillis(250), Duration.ofSeconds(9));
  }

  private static PortCensus census(String from, long nanosToNextFree) {
    SourceAddress source =
        SourceAddress.of(
            Endpoint.of(from, 1).address(), PortSet.parse("40000-40511"), PortSelection.PINNED);
    return new PortCensus(
        new Route(source, SHOP), 512, 1, 2, 498, 2, 12, 1, 5, 17, nanosToNextFree);
  }
}
