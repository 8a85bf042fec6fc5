package io.fourtuple.socket;

import static java.util.Objects.requireNonNull;

import io.fourtuple.host.HostPorts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link BudgetedSocketFactory}. Rejects what cannot work, and repairs nothing. Not
 * thread-safe.
 */
public final class BudgetedSocketFactoryBuilder {
  private static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(30);
  private static final int DEFAULT_MAX_WAITERS = 10_000;

  private @Nullable HostPorts ports;
  private Duration maxWait = DEFAULT_MAX_WAIT;
  private int maxWaiters = DEFAULT_MAX_WAITERS;
  private boolean tracesLostSockets;

  BudgetedSocketFactoryBuilder() {}

  /** Connects from these ports; by default as {@link BudgetedSocketFactory#create()} says. */
  public BudgetedSocketFactoryBuilder ports(HostPorts ports) {
    this.ports = requireNonNull(ports, "ports must not be null");
    return this;
  }

  /**
   * How long a connect waits for a port, unless its own time-out is shorter; 30 s by default.
   *
   * @param maxWait zero to refuse at once, or more
   */
  public BudgetedSocketFactoryBuilder maxWait(Duration maxWait) {
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must be >= 0, was " + maxWait);
    }
    this.maxWait = maxWait;
    return this;
  }

  /**
   * How many connects may wait for a port at a time, each with its thread; the others are refused.
   * 10,000 by default.
   *
   * @param maxWaiters 0 or more
   */
  public BudgetedSocketFactoryBuilder maxWaiters(int maxWaiters) {
    if (maxWaiters < 0) {
      throw new IllegalArgumentException("maxWaiters must be >= 0, was " + maxWaiters);
    }
    this.maxWaiters = maxWaiters;
    return this;
  }

  /**
   * Records the place of each connect, to name it where the socket is lost without being closed. By
   * default one place in 128 is recorded until the first socket is lost, and then all.
   */
  public BudgetedSocketFactoryBuilder traceLostSockets() {
    tracesLostSockets = true;
    return this;
  }

  /**
   * Makes the factory.
   *
   * @throws IllegalArgumentException as {@link HostPorts#forTransport} does
   * @throws IllegalStateException likewise
   */
  public BudgetedSocketFactory build() {
    return new BudgetedSocketFactory(budget());
  }

  Budget budget() {
    return new Budget(
        ports != null ? ports : Budget.defaultPorts(), maxWait, maxWaiters, tracesLostSockets);
  }
}
