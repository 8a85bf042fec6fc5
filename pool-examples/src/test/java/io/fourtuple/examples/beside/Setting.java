package io.fourtuple.examples.beside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a contestant is set up for.
 *
 * @param directory for its files
 * @param sources how many addresses it may connect from
 * @param backEnds how many there are
 */
record Setting(Path directory, int sources, int backEnds) {
  List<String> addresses() {
    return Plan.SOURCES.subList(0, sources);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  void write(String name, String text) throws IOException {
    Files.writeString(file(name), text);
  }
}
