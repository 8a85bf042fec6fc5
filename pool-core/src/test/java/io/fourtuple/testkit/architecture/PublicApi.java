package io.fourtuple.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The exported types of a module, written down in a file so that no change of them goes unseen. */
public final class PublicApi {
  private static final Path WRITTEN_DOWN = Path.of("src/test/resources/public-api.txt");
  private static final Path FOUND = Path.of("target/public-api.txt");

  private PublicApi() {}

  /** Fails where the exported types are not those of {@code src/test/resources/public-api.txt}. */
  public static void assertAsWrittenDown() throws IOException {
    List<String> writtenDown = Files.readAllLines(WRITTEN_DOWN);
    List<String> found = ModuleUnderTest.exportedTypes();
    Files.write(FOUND, found);
    Stream<String> added = found.stream().filter(type -> !writtenDown.contains(type));
    Stream<String> gone = writtenDown.stream().filter(type -> !found.contains(type));
    assertThat(Stream.concat(added.map(type -> "+ " + type), gone.map(type -> "- " + type)))
        .as(
            "changes of the exported types; where they are meant: cp %s %s",
            FOUND.toAbsolutePath(), WRITTEN_DOWN.toAbsolutePath())
        .isEmpty();
  }
}
