package io.fourtuple.testkit;

import io.fourtuple.port.Enforcement;
import io.fourtuple.testkit.LongOperations.Acquire;
import io.fourtuple.testkit.LongOperations.Advance;
import io.fourtuple.testkit.LongOperations.CancelConnect;
import io.fourtuple.testkit.LongOperations.Close;
import io.fourtuple.testkit.LongOperations.Connect;
import io.fourtuple.testkit.LongOperations.Discard;
import io.fourtuple.testkit.LongOperations.GiveUp;
import io.fourtuple.testkit.LongOperations.LetPass;
import io.fourtuple.testkit.LongOperations.LoseTimestamps;
import io.fourtuple.testkit.LongOperations.Occupy;
import io.fourtuple.testkit.LongOperations.PeerAct;
import io.fourtuple.testkit.LongOperations.PeerActs;
import io.fourtuple.testkit.LongOperations.PeerCloses;
import io.fourtuple.testkit.LongOperations.PeerResets;
import io.fourtuple.testkit.LongOperations.PeerSends;
import io.fourtuple.testkit.LongOperations.Reconcile;
import io.fourtuple.testkit.LongOperations.Release;
import io.fourtuple.testkit.LongOperations.Reopen;
import io.fourtuple.testkit.LongOperations.SourceGoes;
import io.fourtuple.testkit.LongOperations.SourceReturns;
import io.fourtuple.testkit.LongOperations.Switch;
import io.fourtuple.testkit.LongOperations.TryAcquire;
import io.fourtuple.testkit.LongOperations.Vacate;
import io.fourtuple.testkit.LongOperations.WaitForPort;
import io.fourtuple.testkit.LongOperations.Withdraw;
import io.fourtuple.testkit.LongShape.Weather;
import io.fourtuple.testkit.Scenario.Operation;
import java.util.SplittableRandom;

/**
 * What happens in a {@link LongWorld}, drawn by chance: the day of a proxy that keeps its
 * connections alive, so that nearly all is taking and giving back, and little is opened and closed;
 * and now and then a rush, in which more is taken than given back, at few endpoints, until their
 * ports run out.
 */
final class LongMix implements Scenario.Generator<LongWorld> {
  /** Nearly all that happens, happens at so many endpoints, or in a rush at so many. */
  private static final int HOT_ENDPOINTS = 8;

  private static final int RUSH_ENDPOINTS = 2;

  /** About so many connections are lent while there is no rush. */
  private static final int USUALLY_LENT = 64;

  private static final int LONGEST_RUSH = 3_000;
  private static final int LONGEST_DAY = 100_000;
  private static final int ANY = 1 << 20;

  private final LongShape shape;
  private boolean rush = true;
  private int left;

  LongMix(LongShape shape) {
    this.shape = shape;
    left = longest();
  }

  /** In small worlds a rush comes more often. */
  private int longest() {
    return Math.min(rush ? LONGEST_RUSH : LONGEST_DAY, shape.checkAllEvery() / 2);
  }

  @Override
  public Operation<? super LongWorld> next(SplittableRandom random) {
    if (--left < 0) {
      rush = !rush;
      left = random.nextInt(longest());
    }
    int rare = random.nextInt(100_000);
    if (rare < 40) {
      return rarely(random, rare);
    }
    return rush ? inARush(random, rare) : asUsual(random, rare);
  }

  /** Of a hundred thousand, 96,000 take and give back, or nearly. */
  private Operation<LongWorld> asUsual(SplittableRandom random, int rare) {
    if (rare < 300) {
      return shape.weather() == Weather.CALM ? peerActs(random) : others(random);
    }
    if (rare < 400) {
      return peerActs(random);
    }
    int n = random.nextInt(ANY);
    int draw = random.nextInt(1_000);
    if (draw < 370) {
      return new Acquire(n, destination(random), random.nextInt(300));
    } else if (draw < 450) {
      return new TryAcquire(n, destination(random));
    } else if (draw < 960) {
      return new Release(random.nextInt(USUALLY_LENT));
    } else if (draw < 964) {
      return new Discard(n);
    } else if (draw < 966) {
      return new GiveUp(n);
    } else if (draw < 968) {
      return new Connect(n, endpoint(random), random.nextInt(ANY));
    } else if (draw < 969) {
      return new WaitForPort(n, endpoint(random), random.nextInt(ANY));
    } else if (draw < 970) {
      return new Withdraw(n);
    } else if (draw < 971) {
      return new CancelConnect(n);
    } else if (draw < 974) {
      return new PeerCloses(n);
    } else if (draw < 975) {
      return new PeerResets(n);
    } else if (draw < 976) {
      return new PeerSends(n);
    } else if (draw < 978) {
      return new Close(n);
    }
    return new Advance(random.nextInt(2_000));
  }

  private Operation<LongWorld> inARush(SplittableRandom random, int rare) {
    if (rare < 2_000 && shape.weather() != Weather.CALM) {
      return others(random);
    }
    if (rare < 3_000) {
      return peerActs(random);
    }
    int n = random.nextInt(ANY);
    int draw = random.nextInt(100);
    if (draw < 40) {
      int longest = random.nextInt(32) == 0 ? 10_000 : 300;
      return new Acquire(n, destination(random), random.nextInt(longest));
    } else if (draw < 45) {
      return new TryAcquire(n, destination(random));
    } else if (draw < 57) {
      return new Release(random.nextInt(USUALLY_LENT));
    } else if (draw < 60) {
      return new Discard(n);
    } else if (draw < 63) {
      return new GiveUp(n);
    } else if (draw < 69) {
      return new Connect(n, endpoint(random), random.nextInt(ANY));
    } else if (draw < 74) {
      return new WaitForPort(n, endpoint(random), random.nextInt(ANY));
    } else if (draw < 75) {
      return new Withdraw(n);
    } else if (draw < 76) {
      return new CancelConnect(n);
    } else if (draw < 80) {
      return new PeerCloses(n);
    } else if (draw < 81) {
      return new PeerResets(n);
    } else if (draw < 82) {
      return new PeerSends(n);
    } else if (draw < 85) {
      return new Close(n);
    }
    return new Advance(random.nextInt(2_000));
  }

  private Operation<LongWorld> peerActs(SplittableRandom random) {
    PeerAct act = PeerAct.values()[random.nextInt(PeerAct.values().length)];
    if (act == PeerAct.VANISH && shape.weather() == Weather.CALM) {
      act = PeerAct.START; // what a vanished peer leaves in the kernel, nobody can know
    }
    return new PeerActs(endpoint(random), act, random.nextInt(3_000));
  }

  private Operation<LongWorld> rarely(SplittableRandom random, int rare) {
    if (rare < 1) {
      return new Reconcile();
    } else if (rare < 2) {
      return new Reopen(random.nextInt(ANY), random.nextInt(2_000));
    } else if (rare < (rush ? 22 : 4)) {
      return new LetPass(random.nextInt(70_000));
    }
    return new LetPass(random.nextInt(1_000));
  }

  private Operation<LongWorld> others(SplittableRandom random) {
    int n = random.nextInt(ANY);
    int draw = random.nextInt(100);
    if (draw < 50) {
      return new Occupy(n, random.nextInt(8), endpoint(random), random.nextBoolean());
    } else if (draw < 90) {
      return new Vacate(n);
    } else if (draw < 93) {
      return new SourceGoes(n);
    } else if (draw < 97) {
      return new SourceReturns(n);
    } else if (draw < 98 || shape.weather() != Weather.SWITCHING) {
      return new LoseTimestamps(endpoint(random));
    }
    return new Switch(draw == 98 ? Enforcement.OBSERVE : Enforcement.ENFORCE);
  }

  private boolean isAtHot(SplittableRandom random) {
    return random.nextInt(rush ? 10 : 30) > 0;
  }

  private int endpoint(SplittableRandom random) {
    int hot = rush ? RUSH_ENDPOINTS : HOT_ENDPOINTS;
    return random.nextInt(isAtHot(random) ? hot : shape.endpoints());
  }

  /** Every fourth is a destination with several endpoints; see {@link LongWorld}. */
  private int destination(SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      int groups = shape.endpoints() / 4;
      return shape.endpoints() + random.nextInt(isAtHot(random) ? HOT_ENDPOINTS / 4 : groups);
    }
    return endpoint(random);
  }
}
