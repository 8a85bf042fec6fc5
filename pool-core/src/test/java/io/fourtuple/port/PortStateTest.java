package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PortStateTest {
  /** From the rows to the columns, which have the same order. */
  private static final List<String> LEGAL =
      List.of(
          //             FREE RESERVED CONNECTING ESTABLISHED CLOSING TIME_WAIT FOREIGN
          "FREE           -      x         -          -          -        x        x",
          "RESERVED       x      -         x          -          -        -        x",
          "CONNECTING     x      -         -          x          x        x        x",
          "ESTABLISHED    -      -         -          -          x        -        -",
          "CLOSING        x      -         -          -          -        x        -",
          "TIME_WAIT      x      x         -          -          -        -        -",
          "FOREIGN        x      -         -          -          -        -        -");

  @Test
  void goesWhereTheTableSaysAndNowhereElse() {
    PortState[] states = PortState.values();
    assertThat(LEGAL).hasSize(states.length);
    for (int row = 0; row < states.length; row++) {
      String[] cells = LEGAL.get(row).split(" +");
      assertThat(cells).hasSize(states.length + 1);
      assertThat(cells[0]).isEqualTo(states[row].name());
      for (int column = 0; column < states.length; column++) {
        assertThat(states[row].canBecome(states[column]))
            .as("%s -> %s", states[row], states[column])
            .isEqualTo(cells[column + 1].equals("x"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void reachesFreeFromEverywhere(PortState start) {
    Set<PortState> reached = EnumSet.of(start);
    Queue<PortState> toVisit = new ArrayDeque<>(reached);
    while (!toVisit.isEmpty()) {
      PortState from = toVisit.remove();
      for (PortState to : PortState.values()) {
        if (from.canBecome(to) && reached.add(to)) {
          toVisit.add(to);
        }
      }
    }

    assertThat(reached).contains(PortState.FREE);
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsOrdinal(PortState state) {
    assertThat(PortState.of(state.ordinal())).isSameAs(state);
  }
}
