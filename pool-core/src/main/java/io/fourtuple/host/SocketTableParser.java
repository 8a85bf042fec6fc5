package io.fourtuple.host;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.BitSet;

/**
 * Reads the format of {@code /proc/net/tcp} and {@code tcp6} byte by byte, without an object per
 * row: the one {@link Row} is filled again and again.
 *
 * <p>A row is {@code slot: address:port address:port state ...}. Addresses are 32-bit words of
 * network order, printed as if they were words of the machine's order.
 */
final class SocketTableParser {
  /** The kernel hands out at most a page per read, and the JDK copies more than this twice. */
  private static final int BUFFER_BYTES = 8_192;

  private static final int END = -1;
  private static final int DIGITS_PER_WORD = 8;
  private static final int MAPPED_PREFIX = 0xffff;

  private final InputStream in;
  private final BitSet localPorts;
  private final boolean swapWords;
  private final RowSink sink;
  private final Row row = new Row();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;

  /** The byte that the parser stands on, or {@link #END}. */
  private int current;

  private SocketTableParser(InputStream in, ByteOrder order, PortSet localPorts, RowSink sink) {
    this.in = in;
    this.swapWords = order == ByteOrder.LITTLE_ENDIAN;
    this.localPorts = new BitSet(PortRange.MAX_PORT + 1);
    for (PortRange range : localPorts.ranges()) {
      this.localPorts.set(range.first(), range.last() + 1);
    }
    this.sink = sink;
  }

  /**
   * Reads all rows.
   *
   * @param order the byte order of the machine that wrote them
   * @param localPorts rows with other local ports are passed over early
   * @return how many lines were no rows, the heading not counted
   */
  static int parse(InputStream in, ByteOrder order, PortSet localPorts, RowSink sink)
      throws IOException {
    return new SocketTableParser(in, order, localPorts, sink).run();
  }

  private int run() throws IOException {
    int damaged = 0;
    advance();
    finishLine();
    while (advance() != END) {
      if (!parseRow()) {
        damaged++;
      }
      finishLine();
    }
    return damaged;
  }

  /** Returns false where the line is no row; may stand anywhere in the line afterwards. */
  private boolean parseRow() throws IOException {
    skipSpaces();
    while (current >= '0' && current <= '9') {
      advance();
    }
    if (current != ':') {
      return false;
    }
    advance();
    skipSpaces();
    int localWords = parseAddress(row.local);
    row.localPort = parsePort();
    if (localWords < 0 || row.localPort < 0) {
      return false;
    }
    if (!localPorts.get(row.localPort)) {
      return true;
    }
    skipSpaces();
    int remoteWords = parseAddress(row.remote);
    row.remotePort = parsePort();
    skipSpaces();
    TcpState state = TcpState.ofCode(parseNumber(2));
    if (remoteWords != localWords || row.remotePort < 0 || state == null) {
      return false;
    }
    row.state = state;
    row.inTcp6 = localWords == Row.V6_WORDS;
    row.v6 = row.inTcp6;
    row.normalise();
    sink.accept(row);
    return true;
  }

  /** Reads up to the colon; returns the number of words, 1 or 4, or -1. */
  private int parseAddress(int[] words) throws IOException {
    int count = 0;
    while (current != ':') {
      int word = 0;
      for (int i = 0; i < DIGITS_PER_WORD; i++) {
        int digit = hexDigit(current);
        if (digit < 0) {
          return -1;
        }
        word = word << 4 | digit;
        advance();
      }
      if (count == Row.V6_WORDS) {
        return -1;
      }
      words[count++] = swapWords ? Integer.reverseBytes(word) : word;
    }
    advance();
    return count == 1 || count == Row.V6_WORDS ? count : -1;
  }

  private int parsePort() throws IOException {
    return parseNumber(4);
  }

  /** Reads so many digits and a space, or the line's end, after them; -1 where it is not so. */
  private int parseNumber(int digits) throws IOException {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = hexDigit(current);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
      advance();
    }
    return current == ' ' || current == '\n' || current == END ? value : -1;
  }

  private static int hexDigit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  private void skipSpaces() throws IOException {
    while (current == ' ') {
      advance();
    }
  }

  /** Most bytes of a row are passed over here, so this looks at the buffer directly. */
  private void finishLine() throws IOException {
    while (current != '\n' && current != END) {
      while (position < limit && buffer[position] != '\n') {
        position++;
      }
      advance();
    }
  }

  private int advance() throws IOException {
    if (position == limit) {
      limit = Math.max(0, in.read(buffer, 0, BUFFER_BYTES));
      position = 0;
      if (limit == 0) {
        current = END;
        return END;
      }
    }
    current = buffer[position++] & 0xff;
    return current;
  }

  /** Takes rows; must copy what it wants to keep. */
  @FunctionalInterface
  interface RowSink {
    void accept(Row row);
  }

  /** A row; the next one overwrites it. */
  static final class Row {
    static final int V6_WORDS = 4;

    /** Network order; only the first word of an IPv4 address counts. */
    final int[] local = new int[V6_WORDS];

    final int[] remote = new int[V6_WORDS];
    boolean v6;

    /** An IPv6 socket, though it may talk IPv4. */
    boolean inTcp6;

    int localPort;
    int remotePort;
    TcpState state = TcpState.CLOSED;

    private void normalise() {
      if (v6 && local[0] == 0 && local[1] == 0 && local[2] == MAPPED_PREFIX) {
        v6 = false;
        local[0] = local[3];
        // A listener's other end is not mapped, but all zero, which comes to the same.
        remote[0] = remote[3];
      }
    }
  }
}
