package io.fourtuple.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of the Maven module whose tests are running; its directory is the working directory.
 */
public final class ModuleUnderTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path CLASSES = Path.of("target/classes");
  private static final Path TEST_CLASSES = Path.of("target/test-classes");

  private ModuleUnderTest() {}

  /** What users get. */
  public static JavaClasses mainClasses() {
    return new ClassFileImporter().importPaths(CLASSES);
  }

  /** What users get, and its tests. */
  public static JavaClasses allClasses() {
    return new ClassFileImporter().importPaths(CLASSES, TEST_CLASSES);
  }

  /** Names of the types that other modules may use, in alphabetical order. */
  public static List<String> exportedTypes() {
    Set<String> packages =
        descriptor().exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    return mainClasses().stream()
        .filter(type -> packages.contains(type.getPackageName()))
        .filter(ModuleUnderTest::isAccessible)
        .map(JavaClass::getName)
        .sorted()
        .toList();
  }

  /** Main source files of more than {@code lines} lines, each with its number of lines. */
  public static List<String> sourcesLongerThan(int lines) {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && lines(file) > lines)
          .map(file -> file + ": " + lines(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isAccessible(JavaClass type) {
    Set<JavaModifier> modifiers = type.getModifiers();
    return (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
        && type.getEnclosingClass().map(ModuleUnderTest::isAccessible).orElse(true);
  }

  private static ModuleDescriptor descriptor() {
    try (InputStream in = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
