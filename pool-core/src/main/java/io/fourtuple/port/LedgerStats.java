package io.fourtuple.port;

/**
 * What a ledger has counted since it was made.
 *
 * @param reserved reservations made
 * @param established connections that got their port
 * @param absorbed refusals of the kernel (EADDRNOTAVAIL at connect, EADDRINUSE at bind) that were
 *     met and answered with another port
 * @param overdrawn reservations granted beyond the budget under {@link Enforcement#OBSERVE}
 * @param corrections ports on which the kernel's socket table and the ledger disagreed; the kernel
 *     won
 * @param faults errors inside the ledger, after which it let the caller pass uncounted
 */
public record LedgerStats(
    long reserved,
    long established,
    long absorbed,
    long overdrawn,
    long corrections,
    long faults) {}
