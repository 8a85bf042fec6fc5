package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.LedgerRig.Demand;
import io.fourtuple.port.LedgerRig.Holder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A source that is gone from the host and comes back, while connects from there are under way. */
class LedgerSourceTest {
  private final LedgerRig rig = new LedgerRig();
  private final Route route =
      new Route(source("10.0.0.5", "40000-40009", PortSelection.OWNED), PEER);
  private final Route elsewhere = new Route(route.source(), OTHER_PEER);

  private final List<String> told = new ArrayList<>();
  private Runnable whenGone = () -> {};

  /** Writes down what it is told of sources, and does something when one goes. */
  private final class News extends Holder {
    News() {
      super(rig);
    }

    @Override
    public void sourceGone(SourceAddress source) {
      whenGone.run();
      told.add("gone");
    }

    @Override
    public void sourceBack(SourceAddress source) {
      told.add("back");
    }
  }

  private void works(PortReservation connecting) {
    connecting.established(connecting.port());
  }

  // ---- the order of the news

  @Test
  void whatAnotherThreadReportsMeanwhileIsToldAfterwards() {
    PortReservation begunBefore = rig.connecting(route);
    Thread reports = new Thread(() -> works(begunBefore));
    whenGone =
        () -> {
          reports.start();
          join(reports);
        };
    assertThat(new News()).isNotNull();

    rig.refused(Ending.SOURCE_GONE, route);

    assertThat(told).containsExactly("gone", "back");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatOneWhoIsToldReportsIsToldAfterwardsToEverybody() {
    PortReservation begunBefore = rig.connecting(route);
    whenGone =
        () -> {
          whenGone = () -> {};
          works(begunBefore);
        };
    assertThat(List.of(new News(), new News())).hasSize(2);

    rig.refused(Ending.SOURCE_GONE, route);

    assertThat(told).containsExactly("gone", "gone", "back", "back");
  }

  @Test
  void whoFailsWhenToldKeepsTheNewsFromNobody() {
    PortReservation begunBefore = rig.connecting(route);
    whenGone =
        () -> {
          whenGone = () -> {};
          throw new AssertionError("scripted");
        };
    assertThat(List.of(new News(), new News())).hasSize(2);

    rig.refused(Ending.SOURCE_GONE, route);
    works(begunBefore);

    assertThat(told).containsExactly("gone", "back", "back");
  }

  // ---- back on one route

  @Test
  void aSourceThatWorksOnOneRouteIsNotLeftAloneOnOthers() {
    PortReservation begunBefore = rig.connecting(route);
    rig.refused(Ending.SOURCE_GONE, elsewhere);
    assertThat(rig.tryReserve(elsewhere)).isNull();

    works(begunBefore);

    assertThat(rig.tryReserve(elsewhere)).isNotNull();
  }

  @Test
  void whoWaitsOnAnotherRouteIsServedAsSoonAsTheSourceWorks() {
    PortReservation begunBefore = rig.connecting(route);
    rig.refused(Ending.SOURCE_GONE, elsewhere);
    Demand demand = rig.waiting(elsewhere);

    works(begunBefore);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void aSourceThatGoesAgainIsLeftAloneAsAtFirst() {
    PortReservation begunBefore = rig.connecting(route);
    rig.refused(Ending.SOURCE_GONE, elsewhere);
    works(begunBefore);

    rig.refused(Ending.SOURCE_GONE, elsewhere);
    rig.passMillis(999);
    assertThat(rig.tryReserve(elsewhere)).isNull();
    rig.passMillis(1);
    assertThat(rig.tryReserve(elsewhere)).isNotNull();
  }
}
