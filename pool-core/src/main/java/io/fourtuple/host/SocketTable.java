package io.fourtuple.host;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The TCP sockets of this program's network namespace, as Linux shows them in {@code /proc/net/tcp}
 * and {@code tcp6}: all programs' sockets, those in TIME_WAIT and those without an owner included.
 * Sockets that are bound and no more are not in there.
 *
 * <p>Immutable. The kernel writes it row by row, at 2-3 microseconds each, so sockets that come and
 * go meanwhile may be in it or not.
 */
public final class SocketTable implements Iterable<TcpSocket> {
  /** By code, the first of which is 1. */
  private static final TcpState[] STATES = TcpState.values();

  private static final int V6_WORDS = SocketTableParser.Row.V6_WORDS;
  private static final int[] ANY = new int[V6_WORDS];

  /** In a row's first number: it was in that file. */
  private static final int IN_TCP6 = 1 << 16;

  private static final PortSet ALL_PORTS = PortSet.of(new PortRange(1, PortRange.MAX_PORT));

  /**
   * Rows of 4 numbers, or 10 for IPv6: state and family, both ports, local address, remote address.
   * Sockets of IPv6 that talk IPv4 have IPv4 rows, with a flag.
   */
  private final int[] rows;

  private final int size;
  private final int damagedLines;

  private SocketTable(Collector collector, int damagedLines) {
    this.rows = Arrays.copyOf(collector.rows, collector.length);
    this.size = collector.size;
    this.damagedLines = damagedLines;
  }

  /**
   * Reads the whole table.
   *
   * @throws IOException where it cannot be read; always so on other systems than Linux
   */
  public static SocketTable read() throws IOException {
    return read(ALL_PORTS);
  }

  /**
   * Reads the rows with certain local ports, which saves memory and some time.
   *
   * @throws IOException where it cannot be read; always so on other systems than Linux
   */
  public static SocketTable read(PortSet localPorts) throws IOException {
    return read(Path.of("/"), localPorts);
  }

  static SocketTable read(Path root, PortSet localPorts) throws IOException {
    Path net = root.resolve("proc/self/net");
    Collector collector = new Collector();
    int damaged = readFile(net.resolve("tcp"), localPorts, collector);
    try {
      damaged += readFile(net.resolve("tcp6"), localPorts, collector);
    } catch (FileNotFoundException e) {
      // A kernel without IPv6: no such sockets.
    }
    return new SocketTable(collector, damaged);
  }

  private static int readFile(Path file, PortSet localPorts, Collector collector)
      throws IOException {
    // No channel: an interrupt would close it.
    try (InputStream in = new FileInputStream(file.toFile())) {
      return SocketTableParser.parse(in, ByteOrder.nativeOrder(), localPorts, collector);
    }
  }

  /** How many sockets. */
  public int size() {
    return size;
  }

  /** Lines that could not be understood, and were passed over. */
  public int damagedLines() {
    return damagedLines;
  }

  /** How many sockets are as asked. */
  public int count(Predicate<TcpSocket> asked) {
    return Math.toIntExact(stream().filter(asked).count());
  }

  /** All sockets. */
  public Stream<TcpSocket> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  /** Ports on which some program listens, on whatever address. */
  public PortSet listeners() {
    BitSet ports = new BitSet();
    for (int at = 0; at < rows.length; at += rowLength(at)) {
      if (state(at) == TcpState.LISTEN) {
        ports.set(localPort(at));
      }
    }
    return PortSet.ofPorts(ports.stream().boxed().toList());
  }

  /**
   * What this host's programs have opened to elsewhere, listeners and what they have accepted left
   * out. A socket is taken for accepted where a listener of its port and address is there, and is
   * of its own kind: only those of {@code tcp6} accept what is in {@code tcp6}, IPv4 that they talk
   * included. Whether a listener of {@code ::} leaves IPv4 alone (IPV6_V6ONLY) is not in there; if
   * so, IPv4 connections that IPv6 sockets of programs have opened from its port are missed.
   */
  public Stream<TcpSocket> outgoing() {
    Listeners listeners = new Listeners();
    starts().filter(at -> state(at) == TcpState.LISTEN).forEach(listeners::add);
    return starts()
        .filter(at -> state(at) != TcpState.LISTEN && !listeners.accept(at))
        .mapToObj(this::socket);
  }

  private IntStream starts() {
    return IntStream.iterate(0, at -> at < rows.length, at -> at + rowLength(at));
  }

  /** In the kernel's order; makes each {@link TcpSocket} when it is asked for. */
  @Override
  public Iterator<TcpSocket> iterator() {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < rows.length;
      }

      @Override
      public TcpSocket next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        TcpSocket socket = socket(at);
        at += rowLength(at);
        return socket;
      }
    };
  }

  private TcpSocket socket(int at) {
    int words = addressWords(at);
    return new TcpSocket(
        address(at + 2, words),
        localPort(at),
        address(at + 2 + words, words),
        rows[at + 1] & 0xffff,
        state(at));
  }

  private TcpState state(int at) {
    return STATES[(rows[at] & 0xff) - 1];
  }

  private int localPort(int at) {
    return rows[at + 1] >>> 16;
  }

  private int addressWords(int at) {
    return rows[at] >>> 8 & 0xf;
  }

  private boolean isInTcp6(int at) {
    return (rows[at] & IN_TCP6) != 0;
  }

  private int rowLength(int at) {
    return 2 + 2 * addressWords(at);
  }

  private InetAddress address(int at, int words) {
    ByteBuffer bytes = ByteBuffer.allocate(words * Integer.BYTES);
    for (int i = 0; i < words; i++) {
      bytes.putInt(rows[at + i]);
    }
    try {
      return InetAddress.getByAddress(bytes.array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 1 or 4 words, not " + words, e);
    }
  }

  /** Where the rows of listeners are, by port. */
  private final class Listeners {
    private final Map<Integer, List<Integer>> byPort = new HashMap<>();

    void add(int at) {
      byPort.computeIfAbsent(localPort(at), port -> new ArrayList<>()).add(at);
    }

    boolean accept(int at) {
      for (int listener : byPort.getOrDefault(localPort(at), List.of())) {
        if (isInTcp6(listener) == isInTcp6(at) && isFor(listener, at)) {
          return true;
        }
      }
      return false;
    }

    /** Whether it has the same local address, or all of them. */
    private boolean isFor(int listener, int at) {
      int words = addressWords(listener);
      int from = listener + 2;
      if (Arrays.equals(rows, from, from + words, ANY, 0, words)
          && (words == V6_WORDS || addressWords(at) == words)) {
        return true;
      }
      int to = at + 2 + addressWords(at);
      return Arrays.equals(rows, from, from + words, rows, at + 2, to);
    }
  }

  /** Packs rows into one array. */
  private static final class Collector implements SocketTableParser.RowSink {
    private int[] rows = new int[256];
    private int length;
    private int size;

    @Override
    public void accept(SocketTableParser.Row row) {
      int words = row.v6 ? V6_WORDS : 1;
      int end = length + 2 + 2 * words;
      if (end > rows.length) {
        rows = Arrays.copyOf(rows, 2 * rows.length);
      }
      rows[length] = (row.inTcp6 ? IN_TCP6 : 0) | words << 8 | row.state.code();
      rows[length + 1] = row.localPort << 16 | row.remotePort;
      System.arraycopy(row.local, 0, rows, length + 2, words);
      System.arraycopy(row.remote, 0, rows, length + 2 + words, words);
      length = end;
      size++;
    }
  }
}
