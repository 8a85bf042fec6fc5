package io.fourtuple.examples.gateway;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

/** The gateway on what is not its standard. */
class OtherTransportsTest {
  private static final String IF_THERE =
      "io.fourtuple.examples.gateway.OtherTransportsTest#hasIoUring";

  static boolean hasIoUring() {
    return GatewayTransport.IO_URING.missing() == null;
  }

  @Nested
  class GatewayOnNio extends GatewayTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.NIO;
    }
  }

  @Nested
  @EnabledIf(IF_THERE)
  class GatewayOnIoUring extends GatewayTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.IO_URING;
    }
  }

  @Nested
  @EnabledIf(IF_THERE)
  class SlowSidesOnIoUring extends SlowSidesTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.IO_URING;
    }
  }

  @Nested
  @EnabledIf(IF_THERE)
  class ProtocolsOnIoUring extends ProtocolsTest {
    @Override
    GatewayTransport transport() {
      return GatewayTransport.IO_URING;
    }
  }
}
