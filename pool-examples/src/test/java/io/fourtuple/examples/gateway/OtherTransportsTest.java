package io.fourtuple.examples.gateway;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

/** The gateway on what is not its standard. */
class OtherTransportsTest {
  private static final String IF_NOT_STANDARD =
      "io.fourtuple.examples.gateway.OtherTransportsTest#isEpollAnother";

  /** Where the gateway takes io_uring by itself; else all other tests are on epoll. */
  static boolean isEpollAnother() {
    return GatewayTransport.standard() == GatewayTransport.IO_URING
        && GatewayTransport.EPOLL.missing() == null;
  }

  @Nested
  class GatewayOnNio extends GatewayTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.NIO;
    }
  }

  @Nested
  @EnabledIf(IF_NOT_STANDARD)
  class GatewayOnEpoll extends GatewayTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.EPOLL;
    }
  }

  @Nested
  @EnabledIf(IF_NOT_STANDARD)
  class SlowSidesOnEpoll extends SlowSidesTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.EPOLL;
    }
  }

  @Nested
  @EnabledIf(IF_NOT_STANDARD)
  class ProtocolsOnEpoll extends ProtocolsTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.EPOLL;
    }
  }
}
