package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That a look at the kernel's table makes no object for a line: bytes that the thread allocates.
 */
class SocketTableMemoryTest {
  private static final int FEW = 1_000;
  private static final int MANY = 100_000;

  /** For 99,000 lines more: classes that are loaded, a call that is linked. */
  private static final long SLACK = 8_192;

  private static final PortSet ALL = PortSet.of(new PortRange(1, PortRange.MAX_PORT));

  /** Of a listener, which no line has. */
  private static final PortSet NONE = PortSet.parse("9");

  /** Numbers of an IPv4 socket's row. */
  private static final int NUMBERS = 4;

  private static final int FIRST_ARRAY = 256;
  private static final int ARRAY_HEAD = 24;

  /** The least that an object takes, in bytes. */
  private static final int OBJECT = 16;

  private final ThreadMXBean bytes = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path few;
  @TempDir Path many;

  private interface Look {
    int at(Path root) throws IOException;
  }

  @BeforeEach
  void writeTables() {
    for (int lines : new int[] {FEW, MANY}) {
      new HostFiles(lines == FEW ? few : many)
          .file("proc/self/net/tcp", file(lines, "0100007F", ""))
          .file("proc/self/net/tcp6", file(lines, "0000000000000000FFFF00000100007F", ""));
    }
  }

  /** As the kernel writes it, to the end of the line. */
  private static String file(int lines, String address, String damage) {
    StringBuilder text = new StringBuilder("  sl  local_address rem_address   st\n");
    for (int i = 0; i < lines; i++) {
      text.append(
          "%4d: %s:%04X %s:2329 0%d%s 00000000:00000000 00:00000000 00000000     0        0 %d 1\n"
              .formatted(i, address, 10_000 + i % 50_000, address, i % 2 == 0 ? 1 : 6, damage, i));
    }
    return text.toString();
  }

  private long allocated(Look look, Path root, int expected) throws IOException {
    look.at(root); // loads what is loaded once
    long before = bytes.getThreadAllocatedBytes(Thread.currentThread().getId());
    int seen = look.at(root);
    long after = bytes.getThreadAllocatedBytes(Thread.currentThread().getId());
    assertThat(seen).isEqualTo(expected);
    return after - before;
  }

  @Test
  void linesThatArePassedOverCostNothing() throws IOException {
    Look look = root -> SocketTable.read(root, NONE).size();
    long difference = allocated(look, many, 0) - allocated(look, few, 0);
    assertThat(difference).as("bytes for %s lines more", MANY - FEW).isLessThan(SLACK);
  }

  @Test
  void rowsThatAreKeptCostTheArrayTheyAreIn() throws IOException {
    Look look = root -> SocketTable.read(root, ALL).size();
    long difference = allocated(look, many, 2 * MANY) - allocated(look, few, 2 * FEW);
    // Mapped addresses are kept as IPv4's: all rows are of one length.
    long arrays = arrays(2 * MANY * NUMBERS) - arrays(2 * FEW * NUMBERS);
    assertThat(difference)
        .as("bytes for %s rows more", 2 * (MANY - FEW))
        .isBetween(arrays - SLACK, arrays + SLACK);
  }

  /** An array that doubles until it is long enough, and a copy of the right length. */
  private static long arrays(int numbers) {
    long all = (long) numbers * Integer.BYTES + ARRAY_HEAD;
    long length = FIRST_ARRAY;
    for (; length < numbers; length *= 2) {
      all += length * Integer.BYTES + ARRAY_HEAD;
    }
    return all + length * Integer.BYTES + ARRAY_HEAD;
  }

  @Test
  void neitherRowsOfEitherFamilyNorDamagedOnesMakeObjects() throws IOException {
    long v4 = parsing(MANY, "0100007F", "", MANY) - parsing(FEW, "0100007F", "", FEW);
    assertThat(v4).isLessThan(SLACK);
    String v6 = "00000000000000000000000001000000";
    assertThat(parsing(MANY, v6, "", MANY) - parsing(FEW, v6, "", FEW)).isLessThan(SLACK);
    assertThat(parsing(MANY, v6, "?", 0) - parsing(FEW, v6, "?", 0)).isLessThan(SLACK);
  }

  /** What parsing alone allocates; the rows are counted. */
  private long parsing(int lines, String address, String damage, int rows) throws IOException {
    byte[] text = file(lines, address, damage).getBytes(StandardCharsets.US_ASCII);
    AtomicInteger seen = new AtomicInteger();
    Look look =
        root -> {
          seen.set(0);
          int damaged =
              SocketTableParser.parse(
                  new ByteArrayInputStream(text),
                  ByteOrder.LITTLE_ENDIAN,
                  ALL,
                  row -> seen.incrementAndGet());
          assertThat(damaged).isEqualTo(lines - rows);
          return seen.get();
        };
    return allocated(look, few, rows);
  }

  /** That the figures above could be missed: an object for a row is seen. */
  @Test
  void aRowThatMakesAnObjectWouldBeSeen() throws IOException {
    Look look = root -> (int) SocketTable.read(root, ALL).stream().count();
    long objects = allocated(look, many, 2 * MANY) - arrays(2 * MANY * NUMBERS);
    assertThat(objects).isGreaterThan(2L * MANY * OBJECT);
  }
}
