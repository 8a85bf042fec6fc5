package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SourceAddressTest {
  private static final InetAddress ADDRESS = Endpoint.of("10.0.0.5", 1).address();
  private static final PortSet PORTS = PortSet.parse("40000-40099");

  @Test
  void hasTheDefaultBudgetOfItsSelection() {
    for (PortSelection selection : PortSelection.values()) {
      assertThat(SourceAddress.of(ADDRESS, PORTS, selection).budget())
          .isEqualTo(PortBudget.defaultFor(selection, 100));
    }
  }

  @Test
  void isTheSameWhoeverPicksAndWhateverTheBudget() {
    SourceAddress kernel = SourceAddress.of(ADDRESS, PORTS, PortSelection.KERNEL);
    SourceAddress pinned =
        SourceAddress.of(ADDRESS, PORTS, PortSelection.PINNED)
            .withBudget(new PortBudget(100, 50, 7));

    assertThat(pinned).isEqualTo(kernel).hasSameHashCodeAs(kernel);
    assertThat(pinned.budget().capacity()).isEqualTo(50);
  }

  @Test
  void differsByAddressAndByPorts() {
    SourceAddress source = SourceAddress.of(ADDRESS, PORTS, PortSelection.OWNED);

    assertThat(source)
        .isNotEqualTo(
            SourceAddress.of(Endpoint.of("10.0.0.6", 1).address(), PORTS, PortSelection.OWNED))
        .isNotEqualTo(SourceAddress.of(ADDRESS, PortSet.parse("40000-40098"), PortSelection.OWNED))
        .isNotEqualTo(ADDRESS);
  }

  @Test
  void turnsAV4MappedAddressIntoItsV4Form() {
    InetAddress mapped = Endpoint.of("::ffff:10.0.0.5", 1).address();

    assertThat(SourceAddress.of(mapped, PORTS, PortSelection.OWNED))
        .isEqualTo(SourceAddress.of(ADDRESS, PORTS, PortSelection.OWNED));
  }

  @Test
  void refusesToBeWithoutPorts() {
    PortBudget budget = new PortBudget(1, 0, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SourceAddress(ADDRESS, PortSet.empty(), PortSelection.OWNED, budget))
        .withMessage("ports must not be empty");
  }

  @Test
  void refusesABudgetForAnotherNumberOfPorts() {
    SourceAddress source = SourceAddress.of(ADDRESS, PORTS, PortSelection.OWNED);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.withBudget(PortBudget.defaultFor(PortSelection.OWNED, 99)))
        .withMessage("budget must be for 100 ports, was for 99");
  }

  @Test
  void isWrittenWithItsPorts() {
    assertThat(SourceAddress.of(ADDRESS, PortSet.parse("9,40000-40511"), PortSelection.OWNED))
        .hasToString("10.0.0.5:[9,40000-40511]");
    assertThat(
            SourceAddress.of(Endpoint.of("2001:db8::5", 1).address(), PORTS, PortSelection.OWNED))
        .hasToString("[2001:db8::5]:[40000-40099]");
  }

  @Test
  void isTheFirstHalfOfARoute() {
    SourceAddress source = SourceAddress.of(ADDRESS, PORTS, PortSelection.OWNED);

    assertThat(new Route(source, Endpoint.of("203.0.113.7", 443)))
        .hasToString("10.0.0.5:[40000-40099] to 203.0.113.7:443");
  }
}
