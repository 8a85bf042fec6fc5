package io.fourtuple.examples.gateway;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import io.fourtuple.netty.Containers.Subnet;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** What happens to a container of a back end or a gateway. */
enum Trouble {
  KILLED,
  PAUSED,
  PARTITIONED,
  /** Asked to go, and started again. */
  RESTARTED;

  private static DockerClient docker() {
    return DockerClientFactory.lazyClient();
  }

  void begin(GenericContainer<?> container, Subnet subnet) {
    String id = container.getContainerId();
    switch (this) {
      case KILLED -> docker().killContainerCmd(id).exec();
      case RESTARTED -> docker().stopContainerCmd(id).withTimeout(1).exec();
      case PAUSED -> docker().pauseContainerCmd(id).exec();
      case PARTITIONED -> leave(id, subnet);
    }
  }

  void end(GenericContainer<?> container, Subnet subnet, String address) {
    String id = container.getContainerId();
    switch (this) {
      case KILLED, RESTARTED -> docker().startContainerCmd(id).exec();
      case PAUSED -> docker().unpauseContainerCmd(id).exec();
      case PARTITIONED -> join(container, subnet, address);
    }
  }

  private static void leave(String id, Subnet subnet) {
    docker()
        .disconnectFromNetworkCmd()
        .withContainerId(id)
        .withNetworkId(subnet.id())
        .withForce(true)
        .exec();
  }

  private static void join(GenericContainer<?> container, Subnet subnet, String address) {
    ContainerNetwork network =
        new ContainerNetwork()
            .withIpv4Address(address)
            .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address));
    docker()
        .connectToNetworkCmd()
        .withContainerId(container.getContainerId())
        .withNetworkId(subnet.id())
        .withContainerNetwork(network)
        .exec();
  }
}
