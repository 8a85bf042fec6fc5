package io.fourtuple.examples.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HttpFiguresTest {
  @Test
  void theLastLineOfWhatWasPrintedIsRead() {
    HttpFigures figures = new HttpFigures(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(HttpFigures.parse("some client says hello\n" + figures.toLine() + "\n"))
        .isEqualTo(figures);
  }

  @Test
  void anythingElseIsRefused() {
    assertThatThrownBy(() -> HttpFigures.parse("1 2 3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("figures must be 8 numbers, were: 1 2 3");
  }
}
