package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.Main;
import io.fourtuple.netty.PrivateNetwork;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the measurement has as many sockets as it says; what it costs is not for a test. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // a JVM of its own, with many sockets
class TableCostIT {
  @Test
  void socketsWithoutFilesAreAsManyAsWereAskedFor() throws Exception {
    List<String> output =
        PrivateNetwork.run(Main.class, "table-cost", "--inside", "--sockets=25000");
    // And two listeners: more than most limits of open files let a process have.
    assertThat(output)
        .anyMatch(line -> line.startsWith("| bare read of the files |  25,002 |"))
        .anyMatch(line -> line.startsWith("| SocketTable.read()     |  25,002 |"));
  }
}
