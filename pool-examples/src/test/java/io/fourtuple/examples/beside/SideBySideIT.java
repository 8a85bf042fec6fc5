package io.fourtuple.examples.beside;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.PrivateNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gateway alone, where no request may fail for want of a port. */
class SideBySideIT {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"LONG_LIVED", "NEIGHBOUR"})
  void allAreServedThatThereArePortsFor(Case where) throws Exception {
    Path file = Files.createFile(directory.resolve("result"));
    PrivateNetwork.run(
        SideBySide.class, "--inside", where.name(), "OURS", "64", "1", "1", "1", file.toString());
    Result result = Result.parse(Files.readString(file).strip());
    assertThat(result.answers().served()).isEqualTo(result.asked()).isPositive();
    assertThat(result.peakPorts()).isEqualTo((int) result.asked());
  }
}
