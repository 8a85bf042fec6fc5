package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortBudgetTest {
  /**
   * Head-room 0 for OWNED and 5 % else; high mark 50 % of the capacity where the kernel picks, 90 %
   * else.
   */
  @ParameterizedTest
  @CsvSource({
    "OWNED, 64, 0, 58",
    "OWNED, 1000, 0, 900",
    "OWNED, 1, 0, 1",
    "PINNED, 28232, 1412, 24138",
    "PINNED, 64, 4, 54",
    "PINNED, 2, 1, 1",
    "PINNED, 1, 0, 1",
    "KERNEL, 28232, 1412, 13410",
    "KERNEL, 64, 4, 30",
    "KERNEL, 1, 0, 1",
    "EXCLUSIVE, 28232, 1412, 13410",
    "OWNED, 65535, 0, 58982"
  })
  void hasDefaultsThatFitWhoPicks(PortSelection selection, int ports, int headRoom, int mark) {
    assertThat(PortBudget.defaultFor(selection, ports))
        .isEqualTo(new PortBudget(ports, headRoom, mark));
  }

  @Test
  void leavesTheHeadRoomToOthers() {
    assertThat(new PortBudget(100, 30, 50).capacity()).isEqualTo(70);
  }

  @Test
  void keepsTheHighMarkAtItsShareWhenTheHeadRoomChanges() {
    PortBudget half = new PortBudget(100, 0, 50);

    assertThat(half.withHeadRoom(20)).isEqualTo(new PortBudget(100, 20, 40));
    assertThat(half.withHeadRoom(99)).isEqualTo(new PortBudget(100, 99, 1));
    assertThat(half.withHeadRoom(20).withHeadRoom(0)).isEqualTo(half);
  }

  @Test
  void takesTheHighMarkAsAShareOfItsCapacity() {
    PortBudget budget = new PortBudget(100, 20, 1);

    assertThat(budget.withHighMarkPercent(100).highMark()).isEqualTo(80);
    assertThat(budget.withHighMarkPercent(50).highMark()).isEqualTo(40);
    assertThat(budget.withHighMarkPercent(1).highMark()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 'ports must be in 1..65535, was 0'",
    "-1, 0, 1, 'ports must be in 1..65535, was -1'",
    "65536, 0, 1, 'ports must be in 1..65535, was 65536'",
    "10, -1, 1, 'headRoom must be in 0..9, was -1'",
    "10, 10, 1, 'headRoom must be in 0..9, was 10'",
    "10, 0, 0, 'highMark must be in 1..10, was 0'",
    "10, 0, -3, 'highMark must be in 1..10, was -3'",
    "10, 0, 11, 'highMark must be in 1..10, was 11'"
  })
  void rejectsABadValueByFieldRuleAndValue(int ports, int headRoom, int mark, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PortBudget(ports, headRoom, mark))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource({"-1", "10", "11"})
  void rejectsABadHeadRoomByFieldRuleAndValue(int headRoom) {
    PortBudget budget = new PortBudget(10, 0, 9);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> budget.withHeadRoom(headRoom))
        .withMessage("headRoom must be in 0..9, was " + headRoom);
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "101"})
  void rejectsABadShareByFieldRuleAndValue(int percent) {
    PortBudget budget = new PortBudget(10, 0, 9);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> budget.withHighMarkPercent(percent))
        .withMessage("highMarkPercent must be in 1..100, was " + percent);
  }
}
