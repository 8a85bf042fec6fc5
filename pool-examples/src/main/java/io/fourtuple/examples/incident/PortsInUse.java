package io.fourtuple.examples.incident;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads from the kernel's socket table how many connections a block of ports carries. */
final class PortsInUse {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

  private final PortRange block;
  private final Set<Integer> backEnds;

  PortsInUse(PortRange block, List<Endpoint> backEnds) {
    this.block = block;
    this.backEnds = backEnds.stream().map(Endpoint::port).collect(Collectors.toSet());
  }

  /** Connections of any state from the block to a back end; accepted ends do not count. */
  int count() throws IOException {
    int count = 0;
    for (int[] row : rows()) {
      if (block.contains(row[0]) && backEnds.contains(row[1])) {
        count++;
      }
    }
    return count;
  }

  private static List<int[]> rows() throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (Path table : TABLES) {
      for (String line : Files.readAllLines(table)) {
        String[] fields = line.strip().split("\\s+");
        if (!fields[0].equals("sl")) {
          rows.add(new int[] {port(fields[1]), port(fields[2])});
        }
      }
    }
    return rows;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }
}
