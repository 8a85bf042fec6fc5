package io.fourtuple.testkit;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.LongWorld.Shape;
import io.fourtuple.testkit.LongWorld.Weather;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.testkit.SimulatedConnector.Line;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What happens in a {@link LongWorld}. Each is one call on pool or ledger, or one event. */
final class LongOperations {
  /** Four fifths of all that happens, happens at so many endpoints: there ports are scarce. */
  private static final int HOT_ENDPOINTS = 8;

  private static final int ANY = 1 << 20;

  private LongOperations() {}

  record Acquire(int pool, int destination, int millis) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.acquire(pool, destination, Duration.ofMillis(millis));
    }
  }

  record TryAcquire(int pool, int destination) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.tryAcquire(pool, destination);
    }
  }

  record Release(int lease) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.leases.isEmpty()) {
        world.takeLease(lease).close();
      }
    }
  }

  record Discard(int lease) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.leases.isEmpty()) {
        var taken = world.takeLease(lease);
        taken.discard();
        taken.close();
      }
    }
  }

  record GiveUp(int caller) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.callers.isEmpty()) {
        world.callers.get(caller % world.callers.size()).giveUp();
      }
    }
  }

  record Connect(int client, int endpoint, int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.clients.get(client % world.clients.size()).open(world.endpoint(endpoint), source);
    }
  }

  record WaitForPort(int client, int endpoint, int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.clients.get(client % world.clients.size()).openOrWait(world.endpoint(endpoint), source);
    }
  }

  record Withdraw(int demand) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.waiting.isEmpty()) {
        world.waiting.get(demand % world.waiting.size()).giveUp();
      }
    }
  }

  record CancelConnect(int attempt) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.connecting.isEmpty()) {
        world.connecting.get(attempt % world.connecting.size()).cancel();
      }
    }
  }

  private static void onOpen(LongWorld world, int n, Consumer<Line> event) {
    List<Line> open = world.invariants.book().open();
    if (!open.isEmpty()) {
      event.accept(open.get(n % open.size()));
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
      SimulatedPeer peer = world.host.kernel().peer(world.endpoint(endpoint));
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
      world.closeAndReopen(pool, Duration.ofMillis(drainMillis));
    }
  }

  /** A neighbour takes a port of ours, to one endpoint, with or without SO_REUSEADDR. */
  record Occupy(int source, int port, int endpoint, boolean shares)
      implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      SourceAddress from = world.sources.get(source % world.sources.size());
      int wanted = from.ports().ranges().get(0).first() + port % from.ports().size();
      Endpoint to = world.endpoint(endpoint);
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
        // by us, which is the other half of the race
      }
    }
  }

  record Vacate(int neighbour) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      if (!world.neighbours.isEmpty()) {
        world.host.kernel().vacate(LongWorld.removeFrom(world.neighbours, neighbour));
      }
    }
  }

  record SourceGoes(int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.kernel().removeAddress(world.sources.get(source % world.sources.size()).address());
    }
  }

  record SourceReturns(int source) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.kernel().addAddress(world.sources.get(source % world.sources.size()).address());
    }
  }

  record LoseTimestamps(int endpoint) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.kernel().peer(world.endpoint(endpoint)).withoutTimestamps();
    }
  }

  record Switch(Enforcement to) implements Operation<LongWorld> {
    @Override
    public void apply(LongWorld world) {
      world.host.ledger().enforcement(to);
    }
  }

  /** What happens in a world of the given shape, drawn by chance. */
  static Scenario.Generator<LongWorld> generator(Shape shape) {
    return random -> next(random, shape);
  }

  private static Operation<LongWorld> next(SplittableRandom random, Shape shape) {
    int rare = random.nextInt(100_000);
    if (rare < 60) {
      return rarely(random, rare);
    }
    if (rare < 2_000 && shape.weather() != Weather.CALM) {
      return others(random, shape);
    }
    if (rare < 3_000) {
      PeerAct act = PeerAct.values()[random.nextInt(PeerAct.values().length)];
      return new PeerActs(
          endpoint(random, shape),
          act == PeerAct.VANISH && shape.weather() == Weather.CALM ? PeerAct.START : act,
          random.nextInt(3_000));
    }
    int n = random.nextInt(ANY);
    int draw = random.nextInt(100);
    if (draw < 28) {
      return new Acquire(
          n, destination(random, shape), random.nextInt(random.nextInt(32) == 0 ? 10_000 : 300));
    } else if (draw < 36) {
      return new TryAcquire(n, destination(random, shape));
    } else if (draw < 61) {
      return new Release(n);
    } else if (draw < 64) {
      return new Discard(n);
    } else if (draw < 67) {
      return new GiveUp(n);
    } else if (draw < 72) {
      return new Connect(n, endpoint(random, shape), random.nextInt(ANY));
    } else if (draw < 75) {
      return new WaitForPort(n, endpoint(random, shape), random.nextInt(ANY));
    } else if (draw < 76) {
      return new Withdraw(n);
    } else if (draw < 77) {
      return new CancelConnect(n);
    } else if (draw < 81) {
      return new PeerCloses(n);
    } else if (draw < 82) {
      return new PeerResets(n);
    } else if (draw < 83) {
      return new PeerSends(n);
    } else if (draw < 86) {
      return new Close(n);
    }
    return new Advance(random.nextInt(2_000));
  }

  private static Operation<LongWorld> rarely(SplittableRandom random, int rare) {
    if (rare < 2) {
      return new Reconcile();
    } else if (rare < 4) {
      return new Reopen(random.nextInt(ANY), random.nextInt(2_000));
    } else if (rare < 20) {
      return new LetPass(random.nextInt(70_000));
    }
    return new LetPass(random.nextInt(1_000));
  }

  private static Operation<LongWorld> others(SplittableRandom random, Shape shape) {
    int n = random.nextInt(ANY);
    int draw = random.nextInt(100);
    if (draw < 50) {
      return new Occupy(n, random.nextInt(8), endpoint(random, shape), random.nextBoolean());
    } else if (draw < 90) {
      return new Vacate(n);
    } else if (draw < 93) {
      return new SourceGoes(n);
    } else if (draw < 97) {
      return new SourceReturns(n);
    } else if (draw < 98 || shape.weather() != Weather.SWITCHING) {
      return new LoseTimestamps(endpoint(random, shape));
    }
    return new Switch(draw == 98 ? Enforcement.OBSERVE : Enforcement.ENFORCE);
  }

  private static int endpoint(SplittableRandom random, Shape shape) {
    return random.nextInt(random.nextInt(5) > 0 ? HOT_ENDPOINTS : shape.endpoints());
  }

  /** Every other is a destination with several endpoints; see {@link LongWorld}. */
  private static int destination(SplittableRandom random, Shape shape) {
    if (random.nextInt(4) == 0) {
      int groups = shape.endpoints() / 4;
      return shape.endpoints() + random.nextInt(random.nextInt(5) > 0 ? HOT_ENDPOINTS / 4 : groups);
    }
    return endpoint(random, shape);
  }
}
