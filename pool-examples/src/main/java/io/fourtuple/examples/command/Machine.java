package io.fourtuple.examples.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where figures come from. */
public final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String MODEL = "model name";

  private Machine() {}

  /** One line: processors, system and Java, for those who read the figures. */
  public static String describe() {
    return Runtime.getRuntime().availableProcessors()
        + " processors ("
        + model()
        + "), "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + ", Java "
        + System.getProperty("java.version");
  }

  private static String model() {
    try {
      return model(Files.readAllLines(PROCESSORS));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** The first model that the lines of {@code /proc/cpuinfo} name. */
  static String model(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(MODEL))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown model");
  }
}
