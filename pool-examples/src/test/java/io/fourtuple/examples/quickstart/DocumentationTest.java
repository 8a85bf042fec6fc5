package io.fourtuple.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps README.md and docs/ true where a test can. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path SNIPPETS = Path.of("src/test/java/io/fourtuple/examples");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("(?:]\\(|src=\")([^)\"\\s]+)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/blocking-clients.md",
        "docs/http-client.md",
        "docs/integrations.md",
        "docs/operations.md"
      })
  void codeIsCompiled(String page) throws IOException {
    List<String> sources = new ArrayList<>();
    for (Path file : filesIn(SNIPPETS, ".java")) {
      sources.add(withoutIndentation(Files.readString(file)));
    }
    Matcher blocks = JAVA.matcher(Files.readString(ROOT.resolve(page)));
    List<String> shown = blocks.results().map(block -> block.group(1)).toList();
    assertThat(shown).isNotEmpty();
    for (String block : shown) {
      for (String part : block.strip().split("\n\n", -1)) {
        String wanted = withoutIndentation(part);
        assertThat(sources).as(part).anyMatch(source -> source.contains(wanted));
      }
    }
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    for (Path page : pages()) {
      for (String link : links(page)) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
        assertThat(target).as("in %s", page).exists();
        if (parts.length == 2) {
          assertThat(anchors(target)).as("in %s", page).contains(parts[1]);
        }
      }
    }
  }

  @Test
  void everyPageIsReachedFromTheReadmeOrTheArchitecture() throws IOException {
    List<Path> linked = new ArrayList<>();
    for (Path from : List.of(ROOT.resolve("README.md"), ROOT.resolve("docs/architecture.md"))) {
      links(from)
          .forEach(link -> linked.add(from.resolveSibling(link.split("#", 2)[0]).normalize()));
    }
    for (Path page : filesIn(ROOT.resolve("docs"), ".md")) {
      assertThat(linked).contains(page.normalize());
    }
  }

  private static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(filesIn(ROOT.resolve("docs"), ".md"));
    for (String name : List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md")) {
      pages.add(ROOT.resolve(name));
    }
    return pages;
  }

  private static List<String> links(Path page) throws IOException {
    return LINK.matcher(Files.readString(page))
        .results()
        .map(link -> link.group(1))
        .filter(target -> !target.contains("://"))
        .toList();
  }

  /** The names under which headings can be linked to. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
        .toList();
  }

  private static List<Path> filesIn(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static String withoutIndentation(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }
}
