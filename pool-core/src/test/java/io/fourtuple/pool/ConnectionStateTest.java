package io.fourtuple.pool;

import static io.fourtuple.pool.ConnectionState.CLOSED;
import static io.fourtuple.pool.ConnectionState.CLOSING;
import static io.fourtuple.pool.ConnectionState.IDLE;
import static io.fourtuple.pool.ConnectionState.LEASED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionStateTest {
  private static final Map<ConnectionState, Set<ConnectionState>> LEGAL =
      Map.of(
          IDLE, Set.of(LEASED, CLOSING, CLOSED),
          LEASED, Set.of(IDLE, CLOSING, CLOSED),
          CLOSING, Set.of(CLOSED),
          CLOSED, Set.of());

  @ParameterizedTest
  @EnumSource(ConnectionState.class)
  void noOtherMovesAreLegalThanThese(ConnectionState from) {
    assertThat(Stream.of(ConnectionState.values()).filter(from::canBecome))
        .containsExactlyInAnyOrderElementsOf(LEGAL.get(from));
  }
}
