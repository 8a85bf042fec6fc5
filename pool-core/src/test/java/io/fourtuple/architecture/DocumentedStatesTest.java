package io.fourtuple.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DocumentedStatesTest {
  private static final Path PAGE = Path.of("../docs/architecture.md");

  /** A row such as {@code | `FREE` | `RESERVED` | why |}. */
  private static final Pattern MOVE = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| `([A-Z_]+)` \\|");

  @Test
  void thePageListsExactlyTheLegalMoves() throws IOException {
    Map<PortState, Set<PortState>> documented = new EnumMap<>(PortState.class);
    MOVE.matcher(Files.readString(PAGE))
        .results()
        .forEach(
            move ->
                documented
                    .computeIfAbsent(
                        PortState.valueOf(move.group(1)), from -> EnumSet.noneOf(PortState.class))
                    .add(PortState.valueOf(move.group(2))));

    for (PortState from : PortState.values()) {
      Set<PortState> legal = EnumSet.noneOf(PortState.class);
      Arrays.stream(PortState.values()).filter(from::canBecome).forEach(legal::add);
      assertThat(documented.get(from)).as("after %s", from).isEqualTo(legal);
    }
  }
}
