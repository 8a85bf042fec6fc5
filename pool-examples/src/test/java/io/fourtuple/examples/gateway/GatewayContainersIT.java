package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.command.MarkdownTable;
import io.fourtuple.examples.gateway.Traffic.Outcome;
import io.fourtuple.netty.Containers.Subnet;
import io.fourtuple.netty.NeedsEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.lifecycle.Startables;

/** Two gateways and four back ends in containers, which have a hard time one after another. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // one trouble after another
@NeedsEngine
class GatewayContainersIT {
  private static final int CLIENTS_OF_EACH = 8;
  private static final Set<String> BACK_ENDS = Set.of("a", "b", "c", "d");
  private static final int ANSWERS_IN_TROUBLE = 3_000;
  private static final int ANSWERS_IN_PEACE = 500;
  private static final long LOOK_AGAIN_NANOS = 10_000_000;

  /** 40 s or longer. */
  private static final int MOST_LOOKS = 4_000;

  private static final String ESTABLISHED = "01";

  private static final List<String> TITLES =
      List.of(
          "event",
          "requests",
          "200",
          "502",
          "503",
          "504",
          "cut off",
          "timed out",
          "event, ms",
          "last failure, ms after its begin",
          "all back ends, ms after its end");

  private final List<GenericContainer<?>> backEnds = new ArrayList<>();
  private final List<GenericContainer<?>> gateways = new ArrayList<>();
  private final List<String> backEndAddresses = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();
  private Subnet subnet;

  @BeforeEach
  void start() throws Exception {
    subnet = Subnet.create();
    int last = 10;
    for (String name : BACK_ENDS.stream().sorted().toList()) {
      String address = subnet.address(last++);
      backEndAddresses.add(address);
      backEnds.add(GatewayContainer.backEnd(subnet, address, name));
    }
    Startables.deepStart(backEnds).join();
    for (int i = 20; i <= 21; i++) {
      addresses.add(subnet.address(i));
      gateways.add(GatewayContainer.gateway(subnet, subnet.address(i), backEndAddresses));
    }
    Startables.deepStart(gateways).join();
  }

  @AfterEach
  void stop() {
    gateways.forEach(GenericContainer::close);
    backEnds.forEach(GenericContainer::close);
    if (subnet != null) {
      subnet.close();
    }
  }

  @Test
  void clientsAreServedByAllBackEndsAgainAfterEachTroubleAndNothingLeaks() throws Exception {
    suffer(
        "/",
        traffic -> {
          for (Trouble trouble : Trouble.values()) {
            int i = trouble.ordinal();
            endure(traffic, trouble, "back end", backEnds.get(i), backEndAddresses.get(i));
          }
          for (Trouble trouble : Trouble.values()) {
            endure(traffic, trouble, "gateway", gateways.get(0), addresses.get(0));
          }
        });
  }

  @Test
  void aBackEndThatReturnsWithAnotherAddressIsFoundByItsName() throws Exception {
    suffer(
        GatewayContainer.BY_NAME,
        traffic ->
            endure(
                traffic,
                "back end REPLACED",
                () -> backEnds.get(0).close(),
                () -> {
                  backEnds.set(0, GatewayContainer.backEnd(subnet, subnet.address(30), "a"));
                  backEnds.get(0).start();
                },
                ""));
  }

  /** What happens while clients ask. */
  @FunctionalInterface
  private interface Story {
    void happens(Traffic traffic) throws Exception;
  }

  /** One step of it. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private void suffer(String path, Story story) throws Exception {
    rows.add(TITLES);
    try (Traffic traffic = new Traffic(addresses, CLIENTS_OF_EACH, path)) {
      until("answers of all", () -> isServedByAll(traffic.outcomes()));
      story.happens(traffic);
    } finally {
      System.out.println(MarkdownTable.of(rows, Set.of(0)));
    }
    for (int i = 0; i < gateways.size(); i++) {
      nothingIsLeftOf(gateways.get(i), addresses.get(i));
    }
  }

  private void endure(
      Traffic traffic, Trouble trouble, String what, GenericContainer<?> victim, String address)
      throws Exception {
    endure(
        traffic,
        what + " " + trouble,
        () -> trouble.begin(victim, subnet),
        () -> trouble.end(victim, subnet, address),
        gateways.contains(victim) ? address : "");
  }

  /**
   * One trouble.
   *
   * @param victim the gateway that has it, whose clients may have to wait; empty for a back end
   */
  private void endure(Traffic traffic, String title, Step begin, Step end, String victim)
      throws Exception {
    traffic.forget();
    long began = System.nanoTime();
    begin.run();
    try {
      until(
          "answers in spite of it",
          () -> {
            List<Outcome> outcomes = traffic.outcomes();
            return served(outcomes) >= ANSWERS_IN_TROUBLE
                && (victim.isEmpty() || outcomes.stream().anyMatch(it -> it.status() != 200));
          });
    } finally {
      end.run();
    }
    long ended = System.nanoTime();
    until(title + ": answers of all", () -> isServedByAll(since(traffic.outcomes(), ended)));
    until(
        "the end of all requests that began before",
        () -> clients(since(traffic.outcomes(), ended)) == traffic.clients());
    until(
        "answers, and nothing else",
        () -> {
          List<Outcome> outcomes = traffic.outcomes();
          return outcomes.size() > ANSWERS_IN_PEACE
              && served(outcomes.subList(outcomes.size() - ANSWERS_IN_PEACE, outcomes.size()))
                  == ANSWERS_IN_PEACE;
        });
    List<Outcome> outcomes = traffic.outcomes();
    rows.add(row(title, outcomes, began, ended));
    // A paused gateway says nothing. Everybody else answers in time, or cuts off what had begun.
    assertThat(
            outcomes.stream()
                .filter(it -> it.status() == Traffic.HUNG && !it.gateway().equals(victim)))
        .as("requests that hang")
        .isEmpty();
    assertThat(outcomes.stream().map(Outcome::status).distinct())
        .isSubsetOf(200, 502, 503, 504, Traffic.NO_ANSWER, Traffic.HUNG);
  }

  private void nothingIsLeftOf(GenericContainer<?> gateway, String address) throws Exception {
    for (String name : List.of("surfaced", "leaked")) {
      // A pool's figures are there with the first round, which a new gateway has yet to come to.
      until(
          "figures of the pool",
          () ->
              GatewayContainer.page(address, "/metrics")
                  .contains("fourtuple_connections_" + name + "_total"));
      assertThat(GatewayContainer.metric(address, "fourtuple_connections_" + name + "_total", ""))
          .as(name)
          .isZero();
    }
    until("no lease", () -> connections(address, "active") == 0);
    until("no connect", () -> connections(address, "connecting") == 0);
    until("no port reserved or connecting", () -> ports(address, "connecting") == 0);
    until(
        "as many connections in the ledger as in the kernel's table",
        () -> ports(address, "active") == GatewayContainer.inKernel(gateway, ESTABLISHED));
  }

  private static long ports(String address, String state) throws Exception {
    return GatewayContainer.metric(address, "fourtuple_ports", "state=\"" + state + "\"");
  }

  private static long connections(String address, String state) throws Exception {
    return GatewayContainer.metric(address, "fourtuple_connections", "state=\"" + state + "\"");
  }

  private static List<String> row(String event, List<Outcome> all, long began, long ended) {
    List<String> row = new ArrayList<>(List.of(event, String.valueOf(all.size())));
    for (int status : new int[] {200, 502, 503, 504, Traffic.NO_ANSWER, Traffic.HUNG}) {
      row.add(String.valueOf(all.stream().filter(it -> it.status() == status).count()));
    }
    long last =
        all.stream()
            .filter(it -> it.status() != 200)
            .mapToLong(it -> it.ended() - began)
            .max()
            .orElse(0);
    row.add(millis(ended - began));
    row.add(last == 0 ? "none" : millis(last));
    long again = ended;
    for (String backEnd : BACK_ENDS) {
      again =
          Math.max(
              again,
              since(all, ended).stream()
                  .filter(it -> it.body().equals(backEnd))
                  .mapToLong(Outcome::ended)
                  .min()
                  .orElseThrow());
    }
    row.add(millis(again - ended));
    return row;
  }

  private static String millis(long nanos) {
    return String.valueOf(TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private static List<Outcome> since(List<Outcome> outcomes, long time) {
    return outcomes.stream().filter(it -> it.began() - time > 0).toList();
  }

  private static long served(List<Outcome> outcomes) {
    return outcomes.stream().filter(it -> it.status() == 200).count();
  }

  private static long clients(List<Outcome> outcomes) {
    return outcomes.stream().map(Outcome::client).distinct().count();
  }

  /** Whether clients of each gateway have had answers of each back end. */
  private boolean isServedByAll(List<Outcome> outcomes) {
    return addresses.stream()
        .allMatch(
            gateway ->
                outcomes.stream()
                    .filter(it -> it.gateway().equals(gateway) && it.status() == 200)
                    .map(Outcome::body)
                    .collect(Collectors.toSet())
                    .equals(BACK_ENDS));
  }

  private static void until(String what, Callable<Boolean> condition) throws Exception {
    for (int i = 0; !condition.call(); i++) {
      assertThat(i).as("never came: " + what).isLessThan(MOST_LOOKS);
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }
}
