package io.fourtuple.netty;

import io.fourtuple.testkit.ConnectorContract;
import io.fourtuple.testkit.ConnectorWorld;
import io.netty.channel.Channel;
import java.io.IOException;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract on real sockets. Runs in a private network: see {@link ConnectorIT}. */
@ParameterizedClass
@EnumSource
class ContractScenarios extends ConnectorContract<Channel> {
  @Parameter Way way;

  @Override
  protected ConnectorWorld<Channel> world(ConnectorWorld.Setting setting) throws IOException {
    return new SocketWorld(way, setting);
  }
}
