package io.fourtuple.examples.quickstart;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.BudgetedChannelFactory;
import io.fourtuple.netty.PortBudgetHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.socket.nio.NioSocketChannel;

/** Somebody who has a Netty client. */
final class ClientUser {
  private ClientUser() {}

  static Bootstrap budgeted(Bootstrap bootstrap, HostPorts ports) {
    PortBudgetHandler budget = PortBudgetHandler.of(ports); // one for all channels
    bootstrap.channelFactory(BudgetedChannelFactory.of(NioSocketChannel.class, budget));
    return bootstrap;
  }
}
