package io.fourtuple.port;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link PortLedger}. Not thread-safe. */
public final class PortLedgerBuilder {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  final HostLimits limits;
  Ticker ticker = Ticker.system();
  @Nullable Scheduler scheduler;
  Duration rest = Holds.DEFAULT_REST;
  Duration timeWait = Holds.DEFAULT_TIME_WAIT;
  Enforcement enforcement = Enforcement.ENFORCE;
  Supplier<RandomGenerator> random = SplittableRandom::new;

  PortLedgerBuilder(HostLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits must not be null");
  }

  /** The clock; default is the machine's. */
  public PortLedgerBuilder ticker(Ticker ticker) {
    this.ticker = Objects.requireNonNull(ticker, "ticker must not be null");
    return this;
  }

  /** What runs timers; default is a daemon thread of the ledger's own. */
  public PortLedgerBuilder scheduler(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler must not be null");
    return this;
  }

  /**
   * How long a port rests after every end, because the kernel may know the 4-tuple a little longer
   * than its owner knows the socket.
   *
   * @param rest 0 to 10 min; default 10 ms
   */
  public PortLedgerBuilder rest(Duration rest) {
    this.rest = checked("rest", rest);
    return this;
  }

  /**
   * How long a port is held in TIME_WAIT where nothing shorter is known to be safe.
   *
   * @param timeWait 0 to 10 min; default 66 s: the kernel's 60 s, the rounding of its timers, and a
   *     second
   */
  public PortLedgerBuilder timeWait(Duration timeWait) {
    this.timeWait = checked("timeWait", timeWait);
    return this;
  }

  /** Whether budgets are enforced; default {@link Enforcement#ENFORCE}. */
  public PortLedgerBuilder enforcement(Enforcement enforcement) {
    this.enforcement = Objects.requireNonNull(enforcement, "enforcement must not be null");
    return this;
  }

  /** Where chance comes from, so that a run can be repeated; each ledger uses one, in its lock. */
  PortLedgerBuilder random(Supplier<RandomGenerator> random) {
    this.random = random;
    return this;
  }

  private static Duration checked(String field, Duration value) {
    Objects.requireNonNull(value, field + " must not be null");
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(field + " must be in 0..10 min, was " + value);
    }
    return value;
  }

  /** Makes the ledger. */
  public PortLedger build() {
    return new PortLedger(this);
  }
}
