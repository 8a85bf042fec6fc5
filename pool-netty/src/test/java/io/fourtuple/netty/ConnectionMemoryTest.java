package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What one idle connection without TLS weighs beyond its channel: one object of each type. */
class ConnectionMemoryTest {
  private static final List<String> EACH =
      List.of(
          "io.fourtuple.netty.NettyConnection",
          "io.fourtuple.netty.ConnectionReport",
          "io.netty.channel.DefaultChannelHandlerContext",
          "io.fourtuple.pool.ConnectAttempt",
          "io.fourtuple.pool.PooledConnection",
          "io.fourtuple.port.PortReservation",
          "java.util.HashMap$Node"); // of the set of connections

  @Test
  void theObjectsOfAConnectionWeighLittle() throws Exception {
    long sum = 0;
    for (String name : EACH) {
      long size = ClassLayout.parseClass(Class.forName(name)).instanceSize();
      System.out.println(size + " bytes: " + name);
      sum += size;
    }
    System.out.println(sum + " bytes in all");

    assertThat(sum).isPositive().isLessThanOrEqualTo(400);
  }
}
