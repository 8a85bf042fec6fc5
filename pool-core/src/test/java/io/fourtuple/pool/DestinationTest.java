package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationTest {
  @Test
  void itIsItsNameAndItsEndpoints() {
    assertThat(Destination.of("shop", ONE)).isEqualTo(Destination.of("shop", ONE));
    assertThat(Destination.of("shop", ONE)).isNotEqualTo(Destination.of("till", ONE));
    assertThat(Destination.of("shop", ONE)).isNotEqualTo(Destination.of("shop", OTHER));
    assertThat(Destination.of("shop", ONE)).hasToString("shop");
  }

  @Test
  void oneEndpointNamesIt() {
    assertThat(Destination.of(ONE).name()).isEqualTo("203.0.113.7:443");
  }

  @Test
  void endpointsAreCopied() {
    List<Endpoint> endpoints = new ArrayList<>(List.of(ONE));
    Destination destination = new Destination("shop", endpoints);
    endpoints.add(OTHER);
    assertThat(destination.endpoints()).containsExactly(ONE);
  }

  @Test
  void itNeedsAnEndpointAndNoneTwice() {
    assertThatThrownBy(() -> Destination.of("shop"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("endpoints must not be empty, destination shop");
    assertThatThrownBy(() -> Destination.of("shop", ONE, OTHER, ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "endpoints must not repeat, were "
                + "[203.0.113.7:443, 203.0.113.8:443, 203.0.113.7:443], destination shop");
  }
}
