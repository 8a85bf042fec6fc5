package io.fourtuple.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpListsTheCommands() {
    assertThat(run("help")).isZero();
    assertThat(text(out))
        .contains(
            "incident",
            "load",
            "ledger-cost",
            "pool-cost",
            "connect-cost",
            "http-cost",
            "idle-memory",
            "table-cost",
            "gateway");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void noCommandIsAMistake() {
    assertThat(run()).isEqualTo(2);
    assertThat(text(err)).startsWith("no command given").contains("incident");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void anUnknownCommandIsRefusedWithTheListOfWhatExists() {
    assertThat(run("accident")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown command: accident").contains("incident");
  }

  @Test
  void helpOfTheIncidentListsItsPhases() {
    assertThat(run("incident", "--help")).isZero();
    assertThat(text(out)).contains("--json", "plain-bound", "churn-pinned-tw-reuse", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheIncidentIsRefused() {
    assertThat(run("incident", "--fast")).isEqualTo(2);
    assertThat(text(err)).contains("--fast", "--json", "--phase");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheLedgersCostSaysWhatIsMeasured() {
    assertThat(run("ledger-cost", "--help")).isZero();
    assertThat(text(out)).contains("usage", "occupancy", "median");
  }

  @Test
  void anUnknownArgumentOfTheLedgersCostIsRefused() {
    assertThat(run("ledger-cost", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("usage");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfThePoolsCostSaysWhatIsMeasuredAndPromised() {
    assertThat(run("pool-cost", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--check", "times the floor", "exit code");
  }

  @Test
  void anUnknownArgumentOfThePoolsCostIsRefused() {
    assertThat(run("pool-cost", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--quick");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheConnectsCostSaysWhatIsMeasuredAndPromised() {
    assertThat(run("connect-cost", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--check", "1.5 times", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheConnectsCostIsRefused() {
    assertThat(run("connect-cost", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--quick");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheTableCostSaysWhatIsMeasuredAndPromised() {
    assertThat(run("table-cost", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--check", "1.2 times", "exit code");
  }

  @Test
  void helpOfTheIdleMemorySaysWhatIsMeasuredAndPromised() {
    assertThat(run("idle-memory", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--check", "200 bytes", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheIdleMemoryIsRefused() {
    assertThat(run("idle-memory", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--quick");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheRequestsCostSaysWhatIsMeasuredAndPromised() {
    assertThat(run("http-cost", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--check", "1.25 times", "netty-min", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheRequestsCostIsRefused() {
    assertThat(run("http-cost", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--quick");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheOneLineSaysWhatIsShown() {
    assertThat(run("http", "--help")).isZero();
    assertThat(text(out)).contains("usage", "10,000 requests", "64 local ports", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheOneLineIsRefused() {
    assertThat(run("http", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--help");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void helpOfTheLoadSaysWhatIsShown() {
    assertThat(run("load", "--help")).isZero();
    assertThat(text(out)).contains("usage", "--callers N", "--check", "exit code");
  }

  @Test
  void anUnknownArgumentOfTheLoadIsRefused() {
    assertThat(run("load", "--fast")).isEqualTo(2);
    assertThat(text(err)).startsWith("unknown argument: --fast").contains("--callers");
    assertThat(text(out)).isEmpty();
  }

  private int run(String... args) {
    return Main.run(List.of(args), stream(out), stream(err));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
