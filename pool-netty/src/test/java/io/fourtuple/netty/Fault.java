package io.fourtuple.netty;

import java.io.IOException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** What may happen to a back end in a container. */
enum Fault {
  /** Its address is gone. */
  KILLED {
    @Override
    void begin(GenericContainer<?> backEnd) {
      DockerClientFactory.lazyClient().killContainerCmd(backEnd.getContainerId()).exec();
    }

    @Override
    void end(GenericContainer<?> backEnd) {
      DockerClientFactory.lazyClient().startContainerCmd(backEnd.getContainerId()).exec();
    }
  },
  /** Asked to go, and then gone. */
  STOPPED {
    @Override
    void begin(GenericContainer<?> backEnd) {
      DockerClientFactory.lazyClient()
          .stopContainerCmd(backEnd.getContainerId())
          .withTimeout(1)
          .exec();
    }

    @Override
    void end(GenericContainer<?> backEnd) throws IOException, InterruptedException {
      KILLED.end(backEnd);
    }
  },
  /** The kernel still connects; nobody answers. */
  PAUSED {
    @Override
    void begin(GenericContainer<?> backEnd) {
      DockerClientFactory.lazyClient().pauseContainerCmd(backEnd.getContainerId()).exec();
    }

    @Override
    void end(GenericContainer<?> backEnd) {
      DockerClientFactory.lazyClient().unpauseContainerCmd(backEnd.getContainerId()).exec();
    }
  },
  /** Everything is dropped, without a word. */
  DROPPED {
    @Override
    void begin(GenericContainer<?> backEnd) throws IOException, InterruptedException {
      Containers.sh(backEnd, "iptables -I INPUT -p tcp --dport 80 -j DROP");
    }

    @Override
    void end(GenericContainer<?> backEnd) throws IOException, InterruptedException {
      Containers.sh(backEnd, "iptables -F INPUT");
    }
  },
  /** Everything is answered by a reset. */
  REJECTED {
    @Override
    void begin(GenericContainer<?> backEnd) throws IOException, InterruptedException {
      Containers.sh(
          backEnd, "iptables -I INPUT -p tcp --dport 80 -j REJECT --reject-with tcp-reset");
    }

    @Override
    void end(GenericContainer<?> backEnd) throws IOException, InterruptedException {
      DROPPED.end(backEnd);
    }
  };

  abstract void begin(GenericContainer<?> backEnd) throws IOException, InterruptedException;

  abstract void end(GenericContainer<?> backEnd) throws IOException, InterruptedException;
}
