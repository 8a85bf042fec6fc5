package io.fourtuple.testkit;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.LedgerClient.Attempt;
import io.fourtuple.testkit.LedgerClient.Waiting;
import io.fourtuple.testkit.Scenario.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A world without pools: two clients on one ledger. */
final class LedgerWorld extends SimulatedWorld {
  private final List<LedgerClient> clients;
  private final PortSelection selection;
  private final List<Waiting> waiting = new ArrayList<>();

  LedgerWorld(Setting setting) {
    super(setting);
    selection = setting.selection();
    connectors.forEach(invariants::watch);
    clients = connectors.stream().map(LedgerClient::new).toList();
  }

  @Override
  public void check() {
    super.check();
    waitersAreServedInOrder();
  }

  /** Those who wait for the same are served in the order in which they came. */
  private void waitersAreServedInOrder() {
    if (selection == PortSelection.EXCLUSIVE) {
      areServedInOrder(waiting); // whatever the destination
    } else {
      for (Endpoint peer : PEERS) {
        areServedInOrder(
            waiting.stream().filter(w -> w.routes().get(0).endpoint().equals(peer)).toList());
      }
    }
    waiting.removeIf(w -> !w.isWaiting());
  }

  private static void areServedInOrder(List<Waiting> same) {
    List<Boolean> still = same.stream().map(Waiting::isWaiting).toList();
    int first = still.indexOf(true);
    Invariants.require(
        first < 0 || !still.subList(first, still.size()).contains(false),
        "somebody was passed over:",
        still);
  }

  @Override
  public void finish() {
    calmDown();
    connectors.forEach(LedgerWorld::closeAll);
    host.advance(LONGEST_REST);
    waitersAreServedInOrder();
    Invariants.require(waiting.isEmpty(), "nobody uses a port, yet some wait:", waiting.size());
    connectors.forEach(LedgerWorld::closeAll);
    checkNothingIsLeft();
  }

  private static void closeAll(SimulatedConnector connector) {
    connector.connections().forEach(connection -> connector.close(connection, CloseMode.RESET));
  }

  record Connect(int client, int peer) implements Operation<LedgerWorld> {
    @Override
    public void apply(LedgerWorld world) {
      nth(world.clients, client, c -> c.open(endpoint(peer)));
    }
  }

  record Wait(int client, int peer) implements Operation<LedgerWorld> {
    @Override
    public void apply(LedgerWorld world) {
      nth(world.clients, client, c -> world.waiting.add(c.openOrWait(endpoint(peer))));
    }
  }

  record GiveUp(int waiter) implements Operation<LedgerWorld> {
    @Override
    public void apply(LedgerWorld world) {
      nth(
          world.waiting,
          waiter,
          w -> {
            w.giveUp();
            world.waiting.remove(w);
          });
    }
  }

  record Cancel(int client, int attempt) implements Operation<LedgerWorld> {
    @Override
    public void apply(LedgerWorld world) {
      nth(
          world.clients,
          client,
          c ->
              nth(
                  c.attempts().stream().filter(a -> a.told().isEmpty()).toList(),
                  attempt,
                  Attempt::cancel));
    }
  }

  record Close(int client, int connection, CloseMode mode) implements Operation<LedgerWorld> {
    @Override
    public void apply(LedgerWorld world) {
      nth(world.connectors, client, c -> nth(c.connections(), connection, it -> c.close(it, mode)));
    }
  }

  /** Operations that are all our own doing, or our peers'. */
  static Operation<? super LedgerWorld> undisturbed(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(16);
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5 -> new Connect(a, b);
      case 6, 7 -> new Close(a, b, CloseMode.ORDERLY);
      case 8 -> new Close(a, b, CloseMode.RESET);
      case 9 -> new Cancel(a, b);
      case 10, 11, 12 -> new Wait(a, b);
      case 13 -> new GiveUp(b);
      default -> peersAct(random);
    };
  }

  /** With others who take ports away. */
  static Operation<? super LedgerWorld> disturbed(SplittableRandom random) {
    return random.nextInt(5) == 0 ? othersDisturb(random) : undisturbed(random);
  }
}
