package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleMemoryReportTest {
  private static final Holding BARE = new Holding(1300, 19_000);

  @Test
  void theTableShowsBothAndTheDifference() {
    assertThat(new IdleMemoryReport(19_000, BARE, new Holding(1490, 18_999)).table())
        .isEqualTo(
            """
            |                     |   held |  alive | live heap, bytes per connection |
            | ------------------- | -----: | -----: | ------------------------------: |
            | bare Netty channels | 19,000 | 19,000 |                           1,300 |
            | idle in the pool    | 19,000 | 18,999 |                           1,490 |
            | difference          |        |        |                             190 |
            """);
  }

  @Test
  void twoHundredBytesMoreKeepTheBar() {
    assertThat(new IdleMemoryReport(19_000, BARE, new Holding(1500, 19_000)).missed()).isEmpty();
  }

  @Test
  void moreBytesMissTheBar() {
    assertThat(new IdleMemoryReport(19_000, BARE, new Holding(1501, 19_000)).missed())
        .containsExactly(
            "an idle connection weighs 201 bytes beyond its channel, at most 200 are promised");
  }

  @Test
  void oneThatIsDeadMissesTheBar() {
    assertThat(new IdleMemoryReport(19_000, BARE, new Holding(1400, 18_999)).missed())
        .containsExactly("alive are 18999 of 19000 pooled connections");
  }

  @Test
  void aHolderIsUnderstood() {
    assertThat(Holding.parse(BARE.toLine() + "\n")).isEqualTo(BARE);
  }
}
