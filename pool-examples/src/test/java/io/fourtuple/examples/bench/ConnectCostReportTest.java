package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectCostReportTest {
  private final List<ConnectCostResult> results = new ArrayList<>();

  @Test
  void eachSeriesIsARowAndEachShareOfThePortsAColumn() {
    ConnectCostResult plain = measured(ConnectSeries.PLAIN, 100, 250);
    plain.refused().add(1234.5);
    plain.addConnectsWhileRefused(200);
    measured(ConnectSeries.OWNED_SPREAD, 80, 100);
    assertThat(new ConnectCostReport(results).table())
        .isEqualTo(
            """
            |                                  |   1 % |  50 % |  90 % |  99 % | 99.9 % | 100 %, refused | connects for these | fullest to empty |
            | -------------------------------- | ----: | ----: | ----: | ----: | -----: | -------------: | -----------------: | ---------------: |
            | a plain client, the kernel picks | 100.0 | 100.0 | 100.0 | 100.0 |  250.0 |        1,234.5 |                200 |             2.50 |
            | `OWNED`, 1,000 endpoints         |  80.0 |  80.0 |  80.0 |  80.0 |  100.0 |                |                    |             1.25 |
            """);
  }

  @Test
  void halfAsMuchAgainAtTheEndKeepsTheBar() {
    measured(ConnectSeries.OWNED, 100, 150);
    measured(ConnectSeries.PINNED, 100, 150);
    assertThat(new ConnectCostReport(results).missed()).isEmpty();
  }

  @Test
  void moreAtTheEndMissesTheBar() {
    measured(ConnectSeries.PINNED, 100, 160);
    assertThat(new ConnectCostReport(results).missed())
        .containsExactly(
            "`PINNED`: a connect at 99.9 % costs 1.60 times one at 1 %, at most 1.5 are promised");
  }

  @Test
  void aConnectForARefusedCallerMissesTheBar() {
    measured(ConnectSeries.KERNEL, 100, 500).addConnectsWhileRefused(3);
    assertThat(new ConnectCostReport(results).missed())
        .containsExactly("`KERNEL`: 3 connects for callers without a port");
  }

  @Test
  void nothingIsPromisedWhereTheKernelPicks() {
    measured(ConnectSeries.PLAIN, 100, 900).addConnectsWhileRefused(200);
    measured(ConnectSeries.KERNEL, 100, 900);
    assertThat(new ConnectCostReport(results).missed()).isEmpty();
  }

  private ConnectCostResult measured(ConnectSeries series, double empty, double full) {
    ConnectCostResult result = new ConnectCostResult(series);
    for (Band band : Band.values()) {
      result.at(band).add(band == Band.FULL ? full : empty);
    }
    results.add(result);
    return result;
  }
}
