package io.fourtuple.examples.bench.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpCostReportTest {
  private static final long REQUESTS = 1_000;

  private final List<HttpCostResult> results = new ArrayList<>();

  @Test
  void eachClientIsARowWithItsRatioToTheLimitOfTheSameRound() {
    measured(16, HttpEntrant.MINIMAL, 2_000, 10, 20);
    measured(16, HttpEntrant.AHC, 4_000, 15, 20);
    assertThat(report().table())
        .isEqualTo(
            """
            128 bytes, 16 at a time:

            |                             | CPU, us | in kernel | to netty-min | least to most | requests/s | bytes | p99, us | connects | failures |
            | --------------------------- | ------: | --------: | -----------: | ------------: | ---------: | ----: | ------: | -------: | -------: |
            | Netty 4.2.18 alone, no pool |    15.0 |       5.0 |         1.00 |  1.00 to 1.00 |      1,000 | 2,000 |     300 |        0 |        0 |
            | AsyncHttpClient 3.0.13      |    17.5 |       5.0 |         1.25 |  1.00 to 1.50 |      1,000 | 4,000 |     300 |        0 |        0 |
            """);
  }

  @Test
  void aQuarterAboveTheLimitAndAsMuchAsTheBestPeerKeepsTheBar() {
    measured(16, HttpEntrant.MINIMAL, 2_000, 8, 8, 8);
    measured(16, HttpEntrant.FOURTUPLE, 4_096, 9, 10, 12);
    measured(16, HttpEntrant.AHC, 4_000, 9, 9, 9);
    assertThat(report().missed()).isEmpty();
  }

  @Test
  void moreThanThatMissesTheBar() {
    measured(128, HttpEntrant.MINIMAL, 2_000, 8, 8, 8);
    measured(128, HttpEntrant.FOURTUPLE, 4_097, 12, 12, 12);
    measured(128, HttpEntrant.JETTY, 4_000, 30, 30, 30);
    measured(128, HttpEntrant.AHC, 4_000, 9, 9, 9);
    assertThat(report().missed())
        .containsExactly(
            "128 bytes, 128 at a time: 1.50 times netty-min, at most 1.25 are promised",
            "128 bytes, 128 at a time: 12.0 us at the least, ahc took 9.0 us at the most",
            "128 bytes, 128 at a time: 4097 bytes, at most 4096 are promised");
  }

  @Test
  void oneAtATimeTheMedianOfAllIsTheBar() {
    measured(1, HttpEntrant.MINIMAL, 2_000, 10);
    measured(1, HttpEntrant.FOURTUPLE, 4_000, 20);
    measured(1, HttpEntrant.JETTY, 4_000, 30);
    assertThat(report().missed()).isEmpty();
    measured(1, HttpEntrant.AHC, 4_000, 11);
    assertThat(report().missed())
        .containsExactly("128 bytes, 1 at a time: 20.0 us, at most the median of all, 15.5 us");
  }

  @Test
  void aClientThatFailedIsNamed() {
    HttpCostResult jdk = measured(1, HttpEntrant.JDK, 0, 10);
    assertThat(report().failed()).isEmpty();
    jdk.add(new HttpFigures(1, 2, 1, 1, 1, 1, 1, 1));
    assertThat(report().failed())
        .containsExactly("128 bytes, 1 at a time: 2 failed requests of jdk");
  }

  @Test
  void jsonHasAllFigures() {
    measured(16, HttpEntrant.MINIMAL, 2_000, 10, 20);
    assertThat(report().json())
        .isEqualTo(
            """
            {"results":[
            {"body":"128","concurrency":16,"client":"netty-min","cpuMicros":15.000,"cpuMicrosLeast":10.000,"cpuMicrosMost":20.000,"kernelMicros":5.000,"requestsPerSecond":1000,"bytes":2000,"p99Micros":300.0,"connects":0,"failures":0}
            ]}
            """);
  }

  private HttpCostReport report() {
    return new HttpCostReport(results);
  }

  private HttpCostResult measured(
      int concurrency, HttpEntrant entrant, long bytes, long... cpuMicros) {
    HttpCostResult result = new HttpCostResult(Body.SMALL, concurrency, entrant);
    for (long micros : cpuMicros) {
      result.add(
          new HttpFigures(
              REQUESTS,
              0,
              1_000_000_000,
              micros * 1_000 * REQUESTS,
              5_000 * REQUESTS,
              bytes * REQUESTS,
              0,
              300_000));
    }
    results.add(result);
    return result;
  }
}
