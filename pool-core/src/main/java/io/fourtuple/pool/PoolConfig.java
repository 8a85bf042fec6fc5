package io.fourtuple.pool;

import java.time.Duration;

/**
 * Settings of a {@link ConnectionPool}, made and checked by {@link ConnectionPoolBuilder}, which
 * explains each.
 */
record PoolConfig(
    int maxWaiters,
    Duration portPatience,
    int maxConnectingPerRoute,
    int maxIdlePerDestination,
    int minIdlePerDestination,
    int warmUpConnecting,
    Duration warmUpInterval,
    long maxUses,
    Duration maxIdleTime,
    Duration maxLifetime,
    Duration connectTimeout,
    Duration connectionAttemptDelay,
    int failuresUntilDown,
    Duration firstBackOff,
    Duration longestBackOff,
    Duration slowStart,
    LeakDetection leakDetection) {}
