package io.fourtuple.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every race that is described has a test that is named, and that exists. */
class DocumentedRacesTest {
  private static final Path RACES = Path.of("../docs/concurrency.md");
  private static final Path TESTS = Path.of("../docs/reliability.md");
  private static final List<Path> SOURCES =
      List.of(Path.of("src/test/java"), Path.of("../pool-netty/src/test/java"));

  /** A paragraph such as {@code **Close against acquire.** Text}. */
  private static final Pattern RACE = Pattern.compile("(?m)^\\*\\*([^*]+)\\.\\*\\* ");

  /** A row such as {@code | Close against acquire | `PoolTest#name`, `OtherTest#name` |}. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| (`\\w+#\\w+`.*) \\|$");

  private static final Pattern METHOD = Pattern.compile("`(\\w+)#(\\w+)`");

  @Test
  void everyRaceHasATestThatExists() throws IOException {
    String races = Files.readString(RACES);
    Set<String> described = new TreeSet<>();
    RACE.matcher(races.substring(races.indexOf("## Races")))
        .results()
        .forEach(race -> described.add(race.group(1)));
    Set<String> tested = new TreeSet<>();
    List<String> missing = new ArrayList<>();
    String tests = Files.readString(TESTS);
    String table = tests.substring(tests.indexOf("## Races"));
    for (MatchResult row : ROW.matcher(table).results().toList()) {
      tested.add(row.group(1));
      for (MatchResult method : METHOD.matcher(row.group(2)).results().toList()) {
        if (!exists(method.group(1), method.group(2))) {
          missing.add(method.group());
        }
      }
    }
    assertThat(described).isNotEmpty();
    assertThat(tested).isEqualTo(described);
    assertThat(missing).as("tests that are named and do not exist").isEmpty();
  }

  private static boolean exists(String type, String method) {
    for (Path root : SOURCES) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(f -> f.endsWith(type + ".java")).toList()) {
          if (Files.readString(file).contains("void " + method + "(")) {
            return true;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return false;
  }
}
