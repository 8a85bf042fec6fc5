package io.fourtuple.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.FakeHost;
import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command prints of a host whose table is a file. */
class PortsCommandTest {
  private static final String HEADING = "  sl  local_address rem_address   st\n";

  @TempDir Path root;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final StringBuilder tcp = new StringBuilder(HEADING);
  private FakeHost host;
  private int rows;

  @BeforeEach
  void makeHost() {
    host = new FakeHost(root);
    host.file("proc/sys/net/ipv4/ip_local_port_range", "40000\t40009\n");
    host.file("proc/sys/net/ipv4/ip_local_reserved_ports", "40009\n");
  }

  /** Addresses as in the kernel's file of a little-endian machine: 0100007F. */
  private void socket(String local, int port, String remote, int remotePort, String state) {
    tcp.append(
        String.format(
            Locale.ROOT,
            "%4d: %s:%04X %s:%04X %s 00000000:00000000 00:00000000 00000000     0\n",
            rows++,
            local,
            port,
            remote,
            remotePort,
            state));
  }

  private ExitCode run(boolean isTerminal, String... arguments) {
    host.file("proc/self/net/tcp", tcp.toString());
    PortsCommand.Host fake =
        new PortsCommand.Host() {
          @Override
          public HostNetwork network() {
            return host.network();
          }

          @Override
          public SocketTable table() throws IOException {
            return host.table();
          }
        };
    return new PortsCommand(fake, stream(out), stream(err), isTerminal, true)
        .run(List.of(arguments));
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Two routes from 10.0.0.5, and what is no use of a local port. */
  private void someSockets() {
    socket("00000000", 80, "00000000", 0, "0A"); // a listener everywhere
    socket("0500000A", 40_008, "00000000", 0, "0A"); // and one in the range
    socket("0500000A", 80, "07710000", 40_001, "01"); // accepted
    socket("0500000A", 40_008, "07710000", 40_002, "01"); // accepted
    socket("0500000A", 40_000, "077100CB", 443, "01");
    socket("0500000A", 40_001, "077100CB", 443, "02");
    socket("0500000A", 40_002, "077100CB", 443, "08");
    socket("0500000A", 40_003, "077100CB", 443, "06");
    socket("0500000A", 40_000, "087100CB", 8_080, "04");
    socket("0500000A", 20_000, "087100CB", 8_080, "01"); // not of the range
  }

  @Test
  void routesAreShownTheFullestFirst() {
    someSockets();
    assertThat(run(false)).isEqualTo(ExitCode.OK);
    assertThat(printed().lines().toList())
        .containsExactly(
            "local ports 40000-40009, 8 for each route; 10 sockets in the kernel's table",
            "",
            "route                           in use  TIME_WAIT      free  capacity   used",
            "10.0.0.5 -> 203.0.113.7:443          3          1         4         8   50 %",
            "10.0.0.5 -> 203.0.113.8:8080         1          0         7         8   12 %",
            "",
            "all 2 routes: 4 in use, 1 in TIME_WAIT, 1 on ports outside of the range");
  }

  @Test
  void aTerminalGetsBars() {
    someSockets();
    run(true, "--warn", "12", "--crit", "50");
    assertThat(printed()).contains("\u001b[31m", "\u001b[33m", "..........\u001b[0m");
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7,      1",
    "203.0.113.0/24,   2",
    "203.0.113.8/32,   1",
    "203.0.113.8:8080, 1",
    "203.0.113.8:80,   0",
    "0.0.0.0/0,        2",
    "10.0.0.0/8,       0",
    "::/0,             0",
    "[2001:db8::1]:80, 0",
  })
  void destinationsAreFiltered(String to, int routes) {
    someSockets();
    run(false, "--json", "--to", to);
    assertThat(printed()).contains("\"routeCount\": " + routes + ",");
  }

  @Test
  void portsAreFilteredAndTheTopIsShown() {
    someSockets();
    run(false, "--port=8080");
    assertThat(printed()).contains("all 1 routes");
    out.reset();
    run(false, "--top", "1");
    assertThat(printed())
        .contains("all 2 routes", "the fullest 1 are shown")
        .doesNotContain("8080");
  }

  @Test
  void programsGetJson() {
    someSockets();
    assertThat(run(false, "--json", "--warn", "50")).isEqualTo(ExitCode.WARNING);
    assertThat(printed())
        .contains(
            "\"status\": \"WARNING\"",
            "\"range\": {\"first\": 40000, \"last\": 40009}",
            "\"capacity\": 8,",
            """
              "routes": [
                {"source": "10.0.0.5", "destination": "203.0.113.7", "port": 443, "inUse": 3, "timeWait": 1, "free": 4, "capacity": 8, "outside": 0, "percent": 50},
                {"source": "10.0.0.5", "destination": "203.0.113.8", "port": 8080, "inUse": 1, "timeWait": 0, "free": 7, "capacity": 8, "outside": 1, "percent": 12}
              ]
            }
            """);
  }

  @Test
  void prometheusGetsMetrics() {
    someSockets();
    run(false, "--prometheus");
    assertThat(printed().lines())
        .allMatch(
            line -> line.matches("# (HELP|TYPE) .*|[a-z_]+(\\{([a-z]+=\"[^\"\\\\]*\",?)+})? \\d+"))
        .contains(
            "# TYPE fourtuple_host_ports gauge",
            "fourtuple_host_ports{source=\"10.0.0.5\",endpoint=\"203.0.113.7:443\",state=\"in_use\"} 3",
            "fourtuple_host_ports_capacity 8");
  }

  @Test
  void anEmptyTableIsFine() {
    assertThat(run(false)).isEqualTo(ExitCode.OK);
    assertThat(printed()).endsWith("no connection from here to elsewhere\n");
    out.reset();
    assertThat(run(false, "--crit", "100")).isEqualTo(ExitCode.OK);
    assertThat(printed())
        .startsWith("PORTS OK - no connection from here to elsewhere | used=0%;80;");
  }

  @Test
  void damagedLinesAreTold() {
    tcp.append("   0: rubbish\n");
    someSockets();
    run(false);
    assertThat(printed()).endsWith("1 lines of the table could not be understood\n");
  }

  @Test
  void withoutATableNothingIsKnown() {
    PortsCommand.Host none =
        new PortsCommand.Host() {
          @Override
          public HostNetwork network() {
            return host.network();
          }

          @Override
          public SocketTable table() throws IOException {
            throw new IOException("no such file");
          }
        };
    PortsCommand command = new PortsCommand(none, stream(out), stream(err), false, false);
    assertThat(command.run(List.of())).isEqualTo(ExitCode.UNKNOWN);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("socket table: no such file");
    assertThat(command.run(List.of("--warn", "80"))).isEqualTo(ExitCode.UNKNOWN);
    assertThat(printed()).startsWith("PORTS UNKNOWN - cannot read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--frob            | unknown option --frob; --help lists all",
        "--top 0           | --top must be 1 to 100000, was 0",
        "--port 65536      | --port must be 1 to 65535, was 65536",
        "--watch=0         | --watch must be 1 to 86400, was 0",
        "--plan 2          | --plan must be SOURCESxDESTINATIONS such as 2x4, was 2",
        "--plan 0x4        | sources of --plan must be 1 to 100000, was 0",
        "--to example.org  | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was example.org",
        "--to 10.0.0.0/33  | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was 10.0.0.0/33",
        "--to 1.2.3.4:0    | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was 1.2.3.4:0",
        "--to cafe.de      | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was cafe.de",
        "--to 10.0         | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was 10.0",
        "--to ::ffff:1.2.3.4/24 | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was ::ffff:1.2.3.4/24",
        "--to 1.2.3.4:80 --port 81 | --to names port 80, and --port 81",
        "--port 81 --to 1.2.3.4:80 | --to names port 80, and --port 81",
        "--to 1.2.3.4 --to 1.2.3.5 | --to must be there once, was there twice",
        "--json --prometheus | one of --json, --prometheus, --advice and --plan, not several",
        "--to 1.2.3.999    | --to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was 1.2.3.999",
      })
  void wrongOptionsAreNamed(String line, String message) {
    assertThat(run(false, line.split(" "))).isEqualTo(ExitCode.UNKNOWN);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(message + System.lineSeparator());
    assertThat(printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--warn            | --warn must have a value",
        "--warn 101        | --warn must be 0 to 100, was 101",
        "--warn 90 --crit 80 | --warn must be at most --crit (80), was 90",
        "--crit=9x         | --crit must be 0 to 100, was 9x",
      })
  void aMonitoringSystemIsToldWhereItLooks(String line, String message) {
    assertThat(run(false, line.split(" "))).isEqualTo(ExitCode.UNKNOWN);
    assertThat(printed()).isEqualTo("PORTS UNKNOWN - " + message + System.lineSeparator());
  }

  @Test
  void aFailureIsUnknownAndSoIsLostOutput() {
    PortsCommand.Host broken =
        new PortsCommand.Host() {
          @Override
          public HostNetwork network() {
            throw new NoClassDefFoundError("org/slf4j/Logger");
          }

          @Override
          public SocketTable table() throws IOException {
            throw new IOException("not asked");
          }
        };
    PortsCommand failing = new PortsCommand(broken, stream(out), stream(err), false, false);
    assertThat(failing.runSafely(List.of())).isEqualTo(ExitCode.UNKNOWN);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("org/slf4j/Logger");

    PrintStream full =
        new PrintStream(
            new java.io.OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("No space left on device");
              }
            },
            true,
            StandardCharsets.UTF_8);
    PortsCommand unheard = new PortsCommand(broken, full, stream(err), false, false);
    assertThat(unheard.runSafely(List.of("--help"))).isEqualTo(ExitCode.UNKNOWN);
  }

  @Test
  void aPlanShowsItsArithmetic() {
    assertThat(run(false, "--plan", "2x4")).isEqualTo(ExitCode.OK);
    assertThat(printed())
        .contains(
            "2 sources x 4 destinations = 8 routes",
            "connections at once: 8 x 9 = 72",
            "72 / 60 s of TIME_WAIT = 1");
  }

  @Test
  void helpAndVersionAreThere() {
    assertThat(run(false, "--help")).isEqualTo(ExitCode.OK);
    assertThat(printed()).contains("--watch[=SECONDS]");
    assertThat(run(false, "--version")).isEqualTo(ExitCode.OK);
    assertThat(printed()).contains("fourtuple ");
  }
}
