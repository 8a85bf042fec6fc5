package io.fourtuple.host;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads kernel settings below {@code /proc/sys} and remembers which could not be read. */
final class Sysctls {
  /** Every second port reserved takes less than 200 kB. */
  private static final int LONGEST = 1 << 20;

  private final Path root;
  private final Set<String> unread = new TreeSet<>();

  /**
   * Prepares reading.
   *
   * @param root where {@code proc} lies
   */
  Sysctls(Path root) {
    this.root = root;
  }

  /**
   * Reads a setting.
   *
   * @param name such as {@code net.ipv4.tcp_tw_reuse}
   * @param parser gets the text without white space around it; an {@link IllegalArgumentException}
   *     means that the text is damaged
   * @return {@code assumed} where the setting cannot be read
   */
  <T> T read(String name, Function<String, T> parser, T assumed) {
    try {
      return parser.apply(text(name));
    } catch (IOException | IllegalArgumentException e) {
      unread.add(name);
      return assumed;
    }
  }

  /** Reads a whole number from {@code least} to {@code most}. */
  int readInt(String name, int least, int most, int assumed) {
    return read(
        name,
        text -> {
          int value = Integer.parseInt(text);
          if (value < least || value > most) {
            throw new IllegalArgumentException(name + " out of range: " + value);
          }
          return value;
        },
        assumed);
  }

  /** Reads a setting that this kernel may be too old for. */
  int readIntIfThere(String name, int least, int most, int otherwise) {
    try {
      text(name);
    } catch (FileNotFoundException e) {
      return otherwise;
    } catch (IOException e) {
      // Falls through to the reading that names it as unread.
    }
    return readInt(name, least, most, otherwise);
  }

  /** The settings that could not be read. */
  Set<String> unread() {
    return unread;
  }

  private String text(String name) throws IOException {
    Path file = root.resolve("proc/sys").resolve(name.replace('.', '/'));
    try (InputStream in = new FileInputStream(file.toFile())) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new IOException(file + " is longer than " + LONGEST + " bytes");
      }
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    }
  }
}
