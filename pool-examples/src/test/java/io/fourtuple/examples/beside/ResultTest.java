package io.fourtuple.examples.beside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.beside.Answers.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultTest {
  private static final Result RESULT =
      new Result(
          Case.KEEP_ALIVE,
          Contestant.OURS,
          new Answers(1_000, 20, 3, 1, 1_500, new Refusal(2_500, 90_000)),
          new Cpu(42_000, 2_000),
          512);

  @Test
  void aLineIsReadBack() {
    assertThat(Result.parse(RESULT.toLine())).isEqualTo(RESULT);
    assertThat(RESULT.asked()).isEqualTo(1_023);
    assertThat(RESULT.cpuPerRequest()).isEqualTo(42);
    assertThat(RESULT.compiledCpuPerRequest()).isEqualTo(40);
    assertThatThrownBy(() -> Result.parse("x,y"))
        .hasMessage("a result must have five parts, was x,y");
    assertThatThrownBy(() -> Cpu.parse("1"))
        .hasMessage("processor time must be two numbers, was 1");
    assertThatThrownBy(() -> Answers.parse("1 2"))
        .hasMessage("answers must be seven numbers, was 1 2");
  }

  @Test
  void roundsAreAddedUpAndTheLongerTimesAreKept() {
    Answers first = new Answers(1, 2, 3, 4, 50, new Refusal(6, 70));
    Answers second = new Answers(10, 20, 30, 40, 5, new Refusal(60, 7));
    assertThat(first.and(second)).isEqualTo(new Answers(11, 22, 33, 40, 50, new Refusal(60, 70)));
    assertThat(first.refusedAs(second)).isEqualTo(new Answers(1, 2, 3, 4, 50, new Refusal(60, 7)));
  }

  @Test
  void theTableHasARowForIt() {
    assertThat(Report.table(new Plan(64, 1, 1, 1), List.of(RESULT)))
        .contains("Fourtuple's gateway | 1,023 |  1,000 |  20 |      3 |")
        .contains(" 1.5 |")
        .contains(" 2.5 |")
        .contains(" 90.0 |")
        .contains("42.0 |")
        .contains(" 40.0 |");
  }

  @Test
  void theBarsShowIt() {
    assertThat(Bars.served(List.of(RESULT))).startsWith("<svg ").contains(">1,000 of 1,023<");
    assertThat(Bars.cpu(List.of(RESULT))).contains(">42.0 us<").endsWith("</svg>\n");
  }

  @Test
  void theTicksOfAProcessAreUsersAndSystems() {
    String stat = "7 (a b) c) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 9 9 20 0 1 0";
    assertThat(Proxy.ticks(stat)).isEqualTo(300);
  }
}
