package io.fourtuple.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarkdownTableTest {
  @Test
  void textIsAlignedLeftAndNumbersRight() {
    assertThat(
            MarkdownTable.of(
                List.of(List.of("name", "ns"), List.of("floor", "5"), List.of("pool", "1,234")),
                Set.of(0)))
        .isEqualTo(
            """
            | name  |    ns |
            | ----- | ----: |
            | floor |     5 |
            | pool  | 1,234 |
            """);
  }
}
