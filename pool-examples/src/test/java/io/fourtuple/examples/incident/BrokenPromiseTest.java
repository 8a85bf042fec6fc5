package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokenPromiseTest {
  @ParameterizedTest
  @EnumSource(Phase.class)
  void nothingIsBrokenWhereAllIsAsPromised(Phase phase) {
    assertThat(BrokenPromise.in(Results.kept(phase).result())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aSkippedPhaseBreaksNothing(Phase phase) {
    assertThat(BrokenPromise.in(PhaseResult.skipped(phase, "no namespace"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aPhaseThatDiedBreaksItsPromises(Phase phase) {
    assertThat(BrokenPromise.in(PhaseResult.died(phase, "out of memory"))).isNotEmpty();
  }

  @Test
  void theLineSaysWhichPromiseWhatWasExpectedAndWhatItWas() {
    assertThat(lines(Results.kept(Phase.POOL).peakPorts(255)))
        .containsExactly("broken promise: pool: ports in use at the peak must be 256, was 255");
  }

  @Test
  void aPlainClientMustOpenExactlyWhatFits() {
    assertThat(lines(Results.kept(Phase.PLAIN).opened(257)))
        .containsExactly("broken promise: plain: connections opened must be 256, was 257");
    assertThat(lines(Results.kept(Phase.PLAIN_BOUND).opened(63)))
        .containsExactly("broken promise: plain-bound: connections opened must be 64, was 63");
  }

  @Test
  void aPlainClientMustSeeTheKernelsRefusal() {
    assertThat(lines(Results.kept(Phase.PLAIN).surfaced(0)))
        .containsExactly("broken promise: plain: EADDRNOTAVAIL surfaced must be 1, was 0");
  }

  @Test
  void noCallerOfAPoolMustSeeIt() {
    assertThat(lines(Results.kept(Phase.POOL).surfaced(1)))
        .containsExactly("broken promise: pool: EADDRNOTAVAIL surfaced must be 0, was 1");
  }

  @Test
  void everyCallerMustHaveAnAnswerOrAnError() {
    assertThat(lines(Results.kept(Phase.POOL).succeeded(9_999)))
        .containsExactly(
            "broken promise: pool: requests accounted for must be 10000, was 9999",
            "broken promise: pool: succeeded must be 10000, was 9999");
  }

  @Test
  void allCallersMustAsk() {
    assertThat(lines(Results.kept(Phase.POOL).requests(9_999).succeeded(9_999)))
        .containsExactly(
            "broken promise: pool: requests must be 10000, was 9999",
            "broken promise: pool: succeeded must be 10000, was 9999");
  }

  @Test
  void aFailureInsteadOfARefusalIsBroken() {
    assertThat(lines(Results.kept(Phase.CHURN_PINNED_CLIENT_FIRST).refused(19_743).failed(1)))
        .containsExactly(
            "broken promise: churn-pinned-client-first: refused early with an estimate must be"
                + " 19744, was 19743",
            "broken promise: churn-pinned-client-first: failed must be 0, was 1");
  }

  @Test
  void churnNeedsAConnectionForEachAnswer() {
    assertThat(lines(Results.kept(Phase.CHURN_OWNED_SERVER_FIRST).opened(19_999)))
        .containsExactly(
            "broken promise: churn-owned-server-first: connections opened must be at least 20000,"
                + " was 19999");
  }

  @Test
  void absorbedRefusalsMustStayUnderOnePercentOfConnects() {
    assertThat(lines(Results.kept(Phase.CHURN_OWNED_CLIENT_FIRST).opened(20_000).absorbed(202)))
        .isEmpty();
    assertThat(lines(Results.kept(Phase.CHURN_OWNED_CLIENT_FIRST).opened(20_000).absorbed(203)))
        .containsExactly(
            "broken promise: churn-owned-client-first: EADDRNOTAVAIL absorbed must be under 1 % of"
                + " 20203 connects, was 203");
  }

  private static List<String> lines(Results results) {
    return BrokenPromise.in(results.result()).stream().map(BrokenPromise::toString).toList();
  }
}
