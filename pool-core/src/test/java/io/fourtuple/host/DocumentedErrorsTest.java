package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fourtuple.host.PortDiagnosis.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keeps the table of known errors of docs/diagnosis.md true. */
class DocumentedErrorsTest {
  private static final Path PAGE = Path.of("../docs/diagnosis.md");

  /** {@code | `BindException: words` | from | `KIND` |}. */
  private static final Pattern ROW =
      Pattern.compile("^\\| `(\\w+Exception): ([^`]+)` \\| [^|]+ \\| `(\\w+)` \\|.*");

  @TestFactory
  Stream<DynamicTest> anErrorIsOfTheKindThatThePageSays() throws IOException {
    return rows().stream()
        .map(ROW::matcher)
        .filter(row -> row.matches())
        .map(
            row ->
                dynamicTest(
                    row.group(1) + ": " + row.group(2),
                    () ->
                        assertThat(
                                PortDiagnosis.of(PortDiagnosisTest.bare(row.group(1), row.group(2)))
                                    .kind())
                            .isEqualTo(Kind.valueOf(row.group(3)))));
  }

  @Test
  void thePageHasARowForEachKind() throws IOException {
    List<String> kinds =
        rows().stream()
            .map(ROW::matcher)
            .filter(row -> row.matches())
            .map(row -> row.group(3))
            .distinct()
            .toList();
    assertThat(kinds)
        .containsExactlyInAnyOrderElementsOf(Stream.of(Kind.values()).map(Enum::name).toList());
  }

  private static List<String> rows() throws IOException {
    return Files.readAllLines(PAGE);
  }
}
