package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolCostReportTest {
  private final List<PoolCostResult> results = new ArrayList<>();

  @Test
  void eachContestHasATableWithRatiosToItsOwnFloor() {
    measured(Contest.ALONE, Entrant.FLOOR, 0, 4, 5, 6);
    measured(Contest.ALONE, Entrant.CLOCK, 0, 50);
    measured(Contest.ALONE, Entrant.IMMEDIATE, 32, 70);
    measured(Contest.PAIR, Entrant.FLOOR, 0, 10);
    measured(Contest.PAIR, Entrant.JETTY, 1234, 330);
    assertThat(report().table())
        .isEqualTo(
            """
            1 thread, 8 connections:

            |                                                        | CPU, ns | least to most | to the floor | less clock | bytes | wall, ns |
            | ------------------------------------------------------ | ------: | ------------: | -----------: | ---------: | ----: | -------: |
            | one compare-and-set, one store, in a slot of one's own |     5.0 |    4.0 to 6.0 |          1.0 |            |     0 |     10.0 |
            | two clock reads                                        |    50.0 |  50.0 to 50.0 |         10.0 |            |     0 |    100.0 |
            | Fourtuple, `tryAcquire`                                |    70.0 |  70.0 to 70.0 |         14.0 |        4.0 |    32 |    140.0 |

            2 threads, 8 connections:

            |                                                        | CPU, ns |  least to most | to the floor | less clock | bytes | wall, ns |
            | ------------------------------------------------------ | ------: | -------------: | -----------: | ---------: | ----: | -------: |
            | one compare-and-set, one store, in a slot of one's own |    10.0 |   10.0 to 10.0 |          1.0 |            |     0 |     20.0 |
            | Jetty 12.1.14 `ConcurrentPool`                         |   330.0 | 330.0 to 330.0 |         33.0 |            | 1,234 |    660.0 |
            """);
  }

  @Test
  void fourTimesTheFloorBesideTheClockKeepTheBarOfOneThread() {
    measured(Contest.ALONE, Entrant.FLOOR, 0, 5);
    measured(Contest.ALONE, Entrant.CLOCK, 0, 50);
    measured(Contest.ALONE, Entrant.IMMEDIATE, 32, 70);
    assertThat(report().missed()).isEmpty();
  }

  @Test
  void moreTimesTheFloorMissTheBar() {
    measured(Contest.PAIR, Entrant.FLOOR, 0, 5);
    measured(Contest.PAIR, Entrant.CLOCK, 0, 50);
    measured(Contest.PAIR, Entrant.IMMEDIATE, 0, 95);
    assertThat(report().missed())
        .containsExactly(
            "2 threads, 8 connections: 9.0 times the floor beside two clock reads, at most 8 are"
                + " promised");
  }

  @Test
  void moreBytesThanALeaseMissTheBar() {
    measured(Contest.FOUR, Entrant.FLOOR, 0, 5);
    measured(Contest.FOUR, Entrant.CLOCK, 0, 50);
    measured(Contest.FOUR, Entrant.IMMEDIATE, 118, 60);
    assertThat(report().missed())
        .containsExactly(
            "4 threads, 8 connections: 118 bytes per operation, at most 32 are promised");
  }

  @Test
  void nothingIsPromisedWhereSomeMustWaitNorForOtherPools() {
    measured(Contest.SCARCE, Entrant.FLOOR, 0, 5);
    measured(Contest.SCARCE, Entrant.CLOCK, 0, 50);
    measured(Contest.SCARCE, Entrant.IMMEDIATE, 500, 5000);
    measured(Contest.SCARCE, Entrant.JETTY, 500, 5000);
    assertThat(report().missed()).isEmpty();
  }

  @Test
  void jsonHasAnObjectForEachResult() {
    measured(Contest.SCARCE, Entrant.JETTY, 0, 1, 2, 3, 6);
    assertThat(report().json())
        .isEqualTo(
            """
            {"results":[
            {"threads":4,"connections":2,"pool":"jetty","cpuNs":2.50,"cpuNsLeast":1.00,"cpuNsMost":6.00,"bytes":0.00,"wallNs":5.00}
            ]}
            """);
  }

  private PoolCostReport report() {
    return new PoolCostReport(results);
  }

  private void measured(Contest contest, Entrant entrant, double bytes, double... cpu) {
    PoolCostResult result = PoolCostResult.of(contest, entrant);
    for (double each : cpu) {
      result.cpu().add(each);
      result.wall().add(2 * each);
      result.bytes().add(bytes);
    }
    results.add(result);
  }
}
