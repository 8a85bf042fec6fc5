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

  @Test
  void oneByNameIsItsHostAndItsPort() {
    Destination shop = Destination.named("Shop.Example", 443);
    assertThat(shop).isEqualTo(Destination.named("shop.example", 443));
    assertThat(shop).hasSameHashCodeAs(Destination.named("shop.example", 443));
    assertThat(shop).isNotEqualTo(Destination.named("shop.example", 8443));
    assertThat(shop).isNotEqualTo(Destination.named("till.example", 443));
    assertThat(shop).isNotEqualTo(Destination.of("shop.example", ONE));
    assertThat(shop.name()).isEqualTo("shop.example");
    assertThat(shop.endpoints()).isEmpty();
    assertThat(shop).hasToString("shop.example:443");
  }

  @Test
  void oneByNameNeedsAHostAndAPort() {
    assertThatThrownBy(() -> Destination.named(" ", 443))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("host must not be blank, was \" \"");
    assertThatThrownBy(() -> Destination.named("shop.example", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("port must be in 1..65535, was 0");
    assertThatThrownBy(() -> Destination.named("shop.example", 65_536))
        .hasMessage("port must be in 1..65535, was 65536");
  }
}
