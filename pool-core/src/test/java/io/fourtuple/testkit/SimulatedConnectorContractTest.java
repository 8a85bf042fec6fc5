package io.fourtuple.testkit;

import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.ConnectorWorld.Setting;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract in simulation. */
@ParameterizedClass
@EnumSource
class SimulatedConnectorContractTest extends ConnectorContract<SimulatedConnection> {
  @Parameter PortSelection selection;

  @Override
  protected ConnectorWorld<SimulatedConnection> world(Setting setting) {
    return new SimulatedConnectorWorld(selection, setting);
  }
}
