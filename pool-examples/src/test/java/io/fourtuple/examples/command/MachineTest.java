package io.fourtuple.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void theModelIsThatOfTheFirstProcessor() {
    assertThat(
            Machine.model(
                List.of("processor\t: 0", "model name\t: AMD EPYC", "", "model name\t: other")))
        .isEqualTo("AMD EPYC");
  }

  @Test
  void theMachineIsNamedWithSystemAndJava() {
    assertThat(Machine.describe())
        .contains("processors (", System.getProperty("os.name"), ", Java ");
  }
}
