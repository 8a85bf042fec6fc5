package io.fourtuple.testkit;

/**
 * What is counted in a {@link LongWorld}: what callers were told, and what else is worth telling.
 */
final class LongTally {
  /** Callers, those of them served by a connection that idled included. */
  long served;

  long atOnce;

  /** Those who would not wait. */
  long tookIdle;

  long foundNone;
  long refused;
  long gaveUp;
  long granted;
  long absorbed;
  long surfaced;
  long connects;
  long opened;
  long unexplained;

  /** SYNs that passed a NAT. */
  long natPassed;

  /** Those that it dropped because OBSERVE did not hold them back. */
  long natDropped;

  /** Those that it dropped although they were counted. */
  long natSurprised;

  /** Those who met a NAT without a port, though there was one on the host. */
  long waitedAtNat;

  long refusedAtNat;
  long foundNatFull;
  long grantedAtNat;
  int mostRoutes;
  String worstRoute = "none";
  int worstRefusals;

  void add(LongTally other) {
    served += other.served;
    refused += other.refused;
    gaveUp += other.gaveUp;
    granted += other.granted;
    absorbed += other.absorbed;
    surfaced += other.surfaced;
    atOnce += other.atOnce;
    tookIdle += other.tookIdle;
    foundNone += other.foundNone;
    connects += other.connects;
    opened += other.opened;
    unexplained += other.unexplained;
    natPassed += other.natPassed;
    natDropped += other.natDropped;
    natSurprised += other.natSurprised;
    waitedAtNat += other.waitedAtNat;
    refusedAtNat += other.refusedAtNat;
    foundNatFull += other.foundNatFull;
    grantedAtNat += other.grantedAtNat;
    mostRoutes = Math.max(mostRoutes, other.mostRoutes);
    if (other.worstRefusals > worstRefusals) {
      worstRefusals = other.worstRefusals;
      worstRoute = other.worstRoute;
    }
  }
}
