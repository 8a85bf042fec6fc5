package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.ProgramRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as users start it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // longer than the program may take
class HttpCommandIT {
  private static final String ASKED = "10,000";
  private static final int PORTS = 64;
  private static final int TIME_WAIT_SECONDS = 60;

  @TempDir private Path files;

  @BeforeEach
  void needPrivateNetwork() {
    ProgramRun.needPrivateNetwork();
  }

  @Test
  void oneLineMakesAllRequestsSucceed() throws Exception {
    ProgramRun run = ProgramRun.of(files, "http");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("- HttpClient client = HttpClient.newHttpClient();")
        .contains("+ HttpClient client = PooledHttpClient.newBuilder().ports(ports).build();")
        .contains("tcp_tw_reuse=0", "OWNED");
    List<List<String>> rows = rows(run.out());
    // Server, client, asked, succeeded, failed, connections, peak ports, seconds, exception.
    assertThat(rows).hasSize(4);
    List<String> jdk = rows.get(0);
    assertThat(jdk.subList(0, 3)).containsExactly("the client has to close", "JDK", ASKED);
    int succeeded = number(jdk.get(3));
    // One for each port; and one more for each time that all of TIME_WAIT has gone by meanwhile.
    assertThat(succeeded)
        .isBetween(
            PORTS, PORTS + PORTS * (int) (Double.parseDouble(jdk.get(7)) / TIME_WAIT_SECONDS));
    assertThat(jdk.subList(4, 7).stream().map(HttpCommandIT::number))
        .containsExactly(number(ASKED) - succeeded, succeeded, PORTS);
    assertThat(jdk.get(8)).contains("Cannot assign requested address");
    assertThat(rows.get(1).subList(0, 7))
        .containsExactly("the client has to close", "Fourtuple", ASKED, ASKED, "0", ASKED, "64");
    assertThat(rows.get(2).subList(0, 5)).containsExactly("keep-alive", "JDK", ASKED, ASKED, "0");
    assertThat(rows.get(3).subList(0, 5))
        .containsExactly("keep-alive", "Fourtuple", ASKED, ASKED, "0");
    assertThat(number(rows.get(3).get(5)))
        .as("connections, which are kept and so no more than callers")
        .isBetween(1, HttpRun.CALLERS);
  }

  private static int number(String cell) {
    return Integer.parseInt(cell.replace(",", ""));
  }

  /** The cells of each row below the titles. */
  private static List<List<String>> rows(String out) {
    return out.lines()
        .filter(line -> line.startsWith("| "))
        .skip(2)
        .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
        .toList();
  }
}
