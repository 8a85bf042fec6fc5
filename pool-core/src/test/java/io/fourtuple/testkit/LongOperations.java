package io.fourtuple.testkit;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What happens in a {@link LongWorld}. Each is one call on pool or ledger, or one event; one that
 * finds nothing to act on says so, and is not counted.
 */
final class LongOperations {
  private LongOperations() {}

  record Acquire(int pool, int destination, int millis) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.pools.acquire(pool, destination, Duration.ofMillis(millis));
    }
  }

  record TryAcquire(int pool, int destination) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.pools.tryAcquire(pool, destination);
    }
  }

  record Release(int lease) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (lease < world.pools.leases.size()) {
        world.pools.takeLease(lease).close();
      } else {
        world.nothingToDo();
      }
    }
  }

  record Discard(int lease) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.pools.leases.isEmpty()) {
        var taken = world.pools.takeLease(lease);
        taken.discard();
        taken.close();
      } else {
        world.nothingToDo();
      }
    }
  }

  record GiveUp(int caller) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.pools.callers.isEmpty()) {
        world.pools.callers.get(caller % world.pools.callers.size()).giveUp();
      } else {
        world.nothingToDo();
      }
    }
  }

  record Connect(int client, int endpoint, int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.clients.client(client).open(world.network.endpoint(endpoint), source);
    }
  }

  record WaitForPort(int client, int endpoint, int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.clients.client(client).openOrWait(world.network.endpoint(endpoint), source);
    }
  }

  record Withdraw(int demand) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.clients.waiting.isEmpty()) {
        world.clients.waiting.get(demand % world.clients.waiting.size()).giveUp();
      } else {
        world.nothingToDo();
      }
    }
  }

  record CancelConnect(int attempt) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.clients.connecting.isEmpty()) {
        world.clients.connecting.get(attempt % world.clients.connecting.size()).cancel();
      } else {
        world.nothingToDo();
      }
    }
  }

  private static void onOpen(LongWorld world, int n, Consumer<Line> event) {
    List<Line> open = world.invariants.book().open();
    if (!open.isEmpty()) {
      event.accept(open.get(n % open.size()));
    } else {
      world.nothingToDo();
    }
  }

  private static void onPeerOf(LongWorld world, int n, Consumer<SimulatedSocket> event) {
    onOpen(
        world,
        n,
        line -> {
          Endpoint endpoint = line.reservation().route().endpoint();
          if (!world.host.kernel().peer(endpoint).hasVanished()) {
            event.accept(line.socket());
          } else {
            world.nothingToDo();
          }
        });
  }

  record PeerCloses(int connection) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      onPeerOf(world, connection, world.host.kernel()::peerCloses);
    }
  }

  record PeerResets(int connection) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      onPeerOf(world, connection, world.host.kernel()::peerResets);
    }
  }

  record PeerSends(int connection) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      onOpen(world, connection, Line::bytesArrived);
    }
  }

  /** Somebody on our side closes a connection, whoever has it. */
  record Close(int connection) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      onOpen(world, connection, line -> line.close(CloseMode.ORDERLY));
    }
  }

  record Advance(int micros) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.advance(Duration.ofNanos(micros * 1_000L));
    }
  }

  record LetPass(int millis) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.advance(Duration.ofMillis(millis));
    }
  }

  /** What a peer does, by number. */
  record PeerActs(int endpoint, PeerAct act, int millis) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      SimulatedPeer peer = world.host.kernel().peer(world.network.endpoint(endpoint));
      switch (act) {
        case REFUSE -> peer.refuse();
        case BLACKHOLE -> peer.blackhole();
        case FAIL_HANDSHAKE -> peer.failHandshake();
        case RESET -> peer.reset();
        case PAUSE -> peer.pause(Duration.ofMillis(millis));
        case KEEP_OPEN -> peer.farewell(Farewell.KEEPS_OPEN);
        case CLOSE_TOO -> peer.farewell(Farewell.CLOSES_TOO);
        case RESTART -> peer.restart();
        case VANISH -> peer.vanish();
        case START -> peer.start();
      }
    }
  }

  /** What peers do. */
  enum PeerAct {
    REFUSE,
    BLACKHOLE,
    FAIL_HANDSHAKE,
    RESET,
    PAUSE,
    KEEP_OPEN,
    CLOSE_TOO,
    RESTART,
    VANISH,
    START
  }

  record Reconcile() implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.reconcile();
    }
  }

  record Reopen(int pool, int drainMillis) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.pools.closeAndReopen(pool, Duration.ofMillis(drainMillis));
    }
  }

  /** A neighbour takes a port of ours, to one endpoint, with or without SO_REUSEADDR. */
  record Occupy(int source, int port, int endpoint, boolean shares)
      implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      SourceAddress from = world.network.sources.get(source % world.network.sources.size());
      int wanted = from.ports().ranges().get(0).first() + port % from.ports().size();
      Endpoint to = world.network.endpoint(endpoint);
      try {
        world.neighbours.add(
            world
                .host
                .kernel()
                .occupy(
                    shares
                        ? PortRequest.owned(from.address(), wanted)
                        : PortRequest.explicit(from.address(), wanted),
                    to));
      } catch (KernelRefusal taken) {
        world.nothingToDo(); // it is ours, which is the other half of the race
      }
    }
  }

  record Vacate(int neighbour) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.neighbours.isEmpty()) {
        world.host.kernel().vacate(LongWorld.removeFrom(world.neighbours, neighbour));
      } else {
        world.nothingToDo();
      }
    }
  }

  record SourceGoes(int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world
          .host
          .kernel()
          .removeAddress(
              world.network.sources.get(source % world.network.sources.size()).address());
    }
  }

  record SourceReturns(int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world
          .host
          .kernel()
          .addAddress(world.network.sources.get(source % world.network.sources.size()).address());
    }
  }

  record LoseTimestamps(int endpoint) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.kernel().peer(world.network.endpoint(endpoint)).withoutTimestamps();
    }
  }

  record Switch(Enforcement to) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.ledger().enforcement(to);
    }
  }

  /** What happens in a world of the given shape, drawn by chance. */
  static Scenario.Generator<LongWorld> generator(LongShape shape) {
    return new LongMix(shape);
  }
}
