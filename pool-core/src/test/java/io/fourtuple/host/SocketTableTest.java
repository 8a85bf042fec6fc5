package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {
  private static final PortSet ALL = PortSet.of(new PortRange(1, 65_535));
  private static final String HEADING = "  sl  local_address rem_address   st\n";
  private static final String GOOD_LINE =
      "   2: 0100007F:7530 0100007F:2329 01 00000000:00000000 00:00000000 00000000     0\n";

  @TempDir Path root;

  private HostFiles files(String tcp) {
    return new HostFiles(root).file("proc/self/net/tcp", tcp);
  }

  private SocketTable namespace() throws IOException {
    files(HostFiles.NAMESPACE_TCP).file("proc/self/net/tcp6", HostFiles.NAMESPACE_TCP6);
    return SocketTable.read(root, ALL);
  }

  private static TcpSocket socket(
      String local, int localPort, String remote, int remotePort, TcpState state)
      throws IOException {
    return new TcpSocket(
        Endpoint.of(local, 1).address(),
        localPort,
        Endpoint.of(remote, 1).address(),
        remotePort,
        state);
  }

  @Test
  void readsWhatARealNamespaceShowed() throws IOException {
    SocketTable table = namespace();
    assertThat(table.damagedLines()).isZero();
    assertThat(table.size()).isEqualTo(20);
    assertThat(table)
        .containsExactly(
            socket("127.0.0.1", 9001, "0.0.0.0", 0, TcpState.LISTEN),
            socket("127.0.0.1", 9003, "0.0.0.0", 0, TcpState.LISTEN),
            socket("127.0.0.1", 30000, "127.0.0.1", 9001, TcpState.ESTABLISHED),
            socket("127.0.0.1", 30004, "127.0.0.1", 9001, TcpState.TIME_WAIT),
            socket("127.0.0.1", 30005, "127.0.0.1", 9001, TcpState.CLOSE_WAIT),
            socket("127.0.0.1", 40018, "127.0.0.1", 9001, TcpState.ESTABLISHED),
            socket("127.0.0.1", 9001, "127.0.0.1", 30002, TcpState.ESTABLISHED),
            socket("127.0.0.1", 9001, "127.0.0.1", 30005, TcpState.FIN_WAIT2),
            socket("127.0.0.1", 9001, "127.0.0.1", 30000, TcpState.ESTABLISHED),
            socket("127.0.0.1", 9003, "127.0.0.1", 30010, TcpState.ESTABLISHED),
            socket("127.0.0.1", 30010, "127.0.0.1", 9003, TcpState.ESTABLISHED),
            socket("127.0.0.1", 30011, "127.0.0.1", 9003, TcpState.SYN_SENT),
            socket("127.0.0.1", 9001, "127.0.0.1", 40018, TcpState.ESTABLISHED),
            socket("127.0.0.5", 30001, "127.0.0.2", 9002, TcpState.ESTABLISHED),
            socket("::", 9002, "::", 0, TcpState.LISTEN),
            socket("127.0.0.1", 30002, "127.0.0.1", 9001, TcpState.ESTABLISHED),
            socket("127.0.0.2", 9002, "127.0.0.5", 30001, TcpState.ESTABLISHED),
            socket("::1", 30003, "::1", 9002, TcpState.ESTABLISHED),
            socket("::1", 30006, "::1", 9002, TcpState.TIME_WAIT),
            socket("::1", 9002, "::1", 30003, TcpState.ESTABLISHED));
  }

  /**
   * As a kernel (6.18) showed it: [::]:40010 accepts IPv4, [::]:40020 and [::]:40024 are v6-only.
   * Of 40010 two were accepted, one of which is in TIME_WAIT; of 40020 a socket of IPv4 and one of
   * IPv6 have connected to 127.0.0.2:9001; at 40024 the connection was there before the listener.
   */
  private static final String V6_ONLY_TCP =
      HEADING
          + """
             1: 0200007F:2329 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0
            12: 0200007F:2329 0100007F:9C54 01 00000000:00000000 00:00000000 00000000     0
            13: 0200007F:2329 0100007F:9C58 01 00000000:00000000 00:00000000 00000000     0
           116: 0100007F:9C6C 0100007F:9C4A 01 00000000:00000000 00:00000000 00000000     0
           119: 0100007F:9C54 0200007F:2329 01 00000000:00000000 00:00000000 00000000     0
           120: 0100007F:9C58 0200007F:2329 01 00000000:00000000 00:00000000 00000000     0
           122: 0200007F:2329 0300007F:9C54 01 00000000:00000000 00:00000000 00000000     0
          """;

  private static final String ZERO = "00000000000000000000000000000000";
  private static final String MAPPED = "0000000000000000FFFF0000";
  private static final String V6_ONLY_TCP6 =
      HEADING
          + """
             0: %1$s:9C58 %1$s:0000 0A 00000000:00000000 00:00000000 00000000     0
             1: %1$s:9C54 %1$s:0000 0A 00000000:00000000 00:00000000 00000000     0
             2: %1$s:9C4A %1$s:0000 0A 00000000:00000000 00:00000000 00000000     0
             3: %2$s0300007F:9C54 %2$s0200007F:2329 01 00000000:00000000 00:00000000 00000000     0
             4: %2$s0100007F:9C4A %2$s0100007F:9C76 06 00000000:00000000 03:0000176E 00000000     0
             5: %2$s0100007F:9C4A %2$s0100007F:9C6C 01 00000000:00000000 00:00000000 00000000     0
          """
              .formatted(ZERO, MAPPED);

  @Test
  void whatNoListenerCanHaveAcceptedIsOutgoing() throws IOException {
    files(V6_ONLY_TCP).file("proc/self/net/tcp6", V6_ONLY_TCP6);
    assertThat(SocketTable.read(root, ALL).outgoing())
        .containsExactly(
            socket("127.0.0.1", 40044, "127.0.0.1", 40010, TcpState.ESTABLISHED),
            socket("127.0.0.1", 40020, "127.0.0.2", 9001, TcpState.ESTABLISHED),
            socket("127.0.0.1", 40024, "127.0.0.2", 9001, TcpState.ESTABLISHED));
    // Missed: 127.0.0.3:40020, of an IPv6 socket, which looks as if [::]:40020 had accepted it.
  }

  @Test
  void aListenerOfOneAddressAcceptsThere() throws IOException {
    String listener = MAPPED + "0100007F:9C4A " + ZERO + ":0000 0A\n";
    files(
            HEADING
                + "   0: 0100007F:9C54 00000000:0000 0A\n   1: 0100007F:9C54 0200007F:1000 01\n"
                + "   2: 0300007F:9C54 0200007F:1000 01\n")
        .file(
            "proc/self/net/tcp6",
            HEADING
                + ("   0: " + listener)
                + ("   1: " + MAPPED + "0100007F:9C4A " + MAPPED + "0200007F:1000 01\n")
                + ("   2: " + MAPPED + "0300007F:9C4A " + MAPPED + "0200007F:1000 01\n")
                + ("   3: " + MAPPED + "0100007F:9C54 " + MAPPED + "0200007F:1000 01\n"));
    SocketTable table = SocketTable.read(root, ALL);
    assertThat(table.damagedLines()).isZero();
    assertThat(table.outgoing())
        .containsExactly(
            socket("127.0.0.3", 40020, "127.0.0.2", 4096, TcpState.ESTABLISHED),
            socket("127.0.0.3", 40010, "127.0.0.2", 4096, TcpState.ESTABLISHED),
            socket("127.0.0.1", 40020, "127.0.0.2", 4096, TcpState.ESTABLISHED));
  }

  @Test
  void countsAndListeners() throws IOException {
    SocketTable table = namespace();
    assertThat(table.listeners()).isEqualTo(PortSet.parse("9001-9003"));
    assertThat(table.count(socket -> socket.state() == TcpState.TIME_WAIT)).isEqualTo(2);
    assertThat(table.stream().filter(socket -> socket.remotePort() == 9001)).hasSize(5);
  }

  @Test
  void rowsOfOtherLocalPortsAreLeftOut() throws IOException {
    files(HostFiles.NAMESPACE_TCP).file("proc/self/net/tcp6", HostFiles.NAMESPACE_TCP6);
    SocketTable table = SocketTable.read(root, PortSet.parse("30003-30004,40000-40063"));
    assertThat(table.stream().map(TcpSocket::localPort)).containsExactly(30004, 40018, 30003);
    assertThat(table.damagedLines()).isZero();
  }

  @Test
  void aKernelWithoutIpv6HasNoSecondFile() throws IOException {
    files(HostFiles.NAMESPACE_TCP);
    assertThat(SocketTable.read(root, ALL).size()).isEqualTo(14);
  }

  @Test
  void withoutTheFirstFileThereIsNoTable() {
    assertThatThrownBy(() -> SocketTable.read(root, ALL)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void anEmptyFileHasNoRowsAndNoDamage() throws IOException {
    files("");
    assertThat(SocketTable.read(root, ALL)).isEmpty();
    assertThat(SocketTable.read(root, ALL).damagedLines()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "   2\n",
        "   2:\n",
        "   2: 0100007F\n",
        "   2: 0100007F:753 0100007F:2329 01 0\n",
        "   2: 0100007F:75301 0100007F:2329 01 0\n",
        "   2: 0100007F:7530 0100007F:2329 00 0\n",
        "   2: 0100007F:7530 0100007F:2329 0D 0\n",
        "   2: 0100007F:7530 0100007F:2329 0x 0\n",
        "   2: 0100007F:7530 0100007F:2329\n",
        "   2: 010007F:7530 0100007F:2329 01 0\n",
        "   2: 0100007F01:7530 0100007F:2329 01 0\n",
        "   2: 0100007F0100007F:7530 0100007F:2329 01 0\n",
        "   2: 0000000000000000FFFF00000100007F0100007F:7530 0100007F:2329 01 0\n",
        "   2: 0100007F:7530 0000000000000000FFFF00000100007F:2329 01 0\n",
        "   2: 0100007G:7530 0100007F:2329 01 0\n",
        "words without any meaning\n",
        "\u0000\u0001\u007f:::\n"
      })
  void aDamagedLineIsCountedAndPassedOver(String line) throws IOException {
    files(HEADING + GOOD_LINE + line + GOOD_LINE);
    SocketTable table = SocketTable.read(root, ALL);
    assertThat(table.size()).isEqualTo(2);
    assertThat(table.damagedLines()).isEqualTo(1);
  }

  @Test
  void aTableThatBreaksOffAnywhereNeverThrows() throws IOException {
    String whole = HEADING + GOOD_LINE + GOOD_LINE;
    for (int length = 0; length <= whole.length(); length++) {
      files(whole.substring(0, length));
      SocketTable table = SocketTable.read(root, ALL);
      assertThat(table.size() + table.damagedLines()).isBetween(0, 2);
    }
    assertThat(SocketTable.read(root, ALL).size()).isEqualTo(2);
  }

  @Test
  void bytesMayComeOneAtATime() throws IOException {
    byte[] bytes = HostFiles.NAMESPACE_TCP.getBytes(StandardCharsets.US_ASCII);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(1, length));
          }
        };
    List<Integer> ports = new ArrayList<>();
    int damaged =
        SocketTableParser.parse(
            slow, ByteOrder.LITTLE_ENDIAN, ALL, row -> ports.add(row.localPort));
    assertThat(damaged).isZero();
    assertThat(ports).hasSize(14).startsWith(9001, 9003, 30000);
  }

  @Test
  void aBigEndianMachinePrintsAddressesInReadingOrder() throws IOException {
    String table =
        HEADING
            + "   0: 7F000001:7530 CB007107:01BB 01 0\n"
            + "   1: 00000000000000000000FFFF7F000001:7531 00000000000000000000FFFFCB007107:01BB"
            + " 06\n"
            + "   2: 20010DB8000000000000000000000007:7532 20010DB8000000000000000000000008:01BB"
            + " 01\n";
    List<String> rows = new ArrayList<>();
    SocketTableParser.parse(
        new ByteArrayInputStream(table.getBytes(StandardCharsets.US_ASCII)),
        ByteOrder.BIG_ENDIAN,
        ALL,
        row ->
            rows.add(
                (row.v6 ? "v6 " : "v4 ")
                    + Integer.toHexString(row.local[0])
                    + " "
                    + Integer.toHexString(row.remote[row.v6 ? 3 : 0])
                    + " "
                    + row.state));
    assertThat(rows)
        .containsExactly(
            "v4 7f000001 cb007107 ESTABLISHED",
            "v4 7f000001 cb007107 TIME_WAIT",
            "v6 20010db8 8 ESTABLISHED");
  }

  @Test
  void manyRowsFit() throws IOException {
    files(HEADING + GOOD_LINE.repeat(5_000));
    SocketTable table = SocketTable.read(root, ALL);
    assertThat(table.size()).isEqualTo(5_000);
    assertThat(table.count(socket -> socket.localPort() == 30_000)).isEqualTo(5_000);
  }

  @Test
  void anIteratorEnds() throws IOException {
    files(HEADING + GOOD_LINE);
    Iterator<TcpSocket> sockets = SocketTable.read(root, ALL).iterator();
    sockets.next();
    assertThat(sockets.hasNext()).isFalse();
    assertThatThrownBy(sockets::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void showsAConnectionOfThisProgramWhicheverFamilyItsSocketHas() throws IOException {
    InetAddress loopback = Endpoint.of("127.0.0.1", 1).address();
    try (ServerSocket server = new ServerSocket(0, 1, loopback);
        Socket client = new Socket(loopback, server.getLocalPort())) {
      TcpSocket expected =
          new TcpSocket(
              loopback,
              client.getLocalPort(),
              loopback,
              server.getLocalPort(),
              TcpState.ESTABLISHED);
      assertThat(SocketTable.read()).contains(expected);
      SocketTable filtered = SocketTable.read(PortSet.ofPorts(List.of(client.getLocalPort())));
      assertThat(filtered).containsExactly(expected);
      assertThat(SocketTable.read().listeners().contains(server.getLocalPort())).isTrue();
    }
  }
}
