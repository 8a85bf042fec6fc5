package io.fourtuple.host;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's errors that matter to sockets, with their numbers and their words on each system.
 * Numbers: Linux asm-generic/errno.h, macOS sys/errno.h, Windows winsock2.h; none of those of one
 * system means another error of sockets on another. Words: glibc, musl (Alpine), macOS, the JDK's
 * own table for Windows, and Windows itself in English.
 */
@SuppressWarnings("ImmutableEnumChecker") // both lists are made by List.of
enum Errno {
  EADDRNOTAVAIL(
      List.of(99, 49, 10_049),
      "cannot assign requested address",
      "can't assign requested address",
      "address not available",
      "the requested address is not valid in its context"),
  EADDRINUSE(
      List.of(98, 48, 10_048),
      "address already in use",
      "address in use",
      "only one usage of each socket address"),
  /** Before ENOBUFS, whose words it begins with: on Windows it also means that no port is left. */
  WSAENOBUFS(
      List.of(10_055),
      "no buffer space available (maximum connections reached?)",
      "an operation on a socket could not be performed because the system lacked sufficient"),
  ENOBUFS(List.of(105, 55), "no buffer space available"),
  ENOMEM(List.of(12), "cannot allocate memory", "out of memory", "not enough space"),
  /** Before EMFILE, whose words it begins with. */
  ENFILE(List.of(23), "too many open files in system"),
  EMFILE(List.of(24, 10_024), "too many open files", "no file descriptors available"),
  EACCES(List.of(13, 10_013), "permission denied"),
  EPERM(List.of(1), "operation not permitted"),
  ECONNREFUSED(List.of(111, 61, 10_061), "connection refused"),
  ETIMEDOUT(
      List.of(110, 60, 10_060),
      "connection timed out",
      "operation timed out",
      "connect timed out",
      "read timed out"),
  ECONNRESET(
      List.of(104, 54, 10_054),
      "connection reset",
      "an existing connection was forcibly closed",
      "an established connection was aborted"),
  EPIPE(List.of(32), "broken pipe"),
  ENETUNREACH(List.of(101, 51, 10_051), "network is unreachable", "network unreachable"),
  EHOSTUNREACH(List.of(113, 65, 10_065), "no route to host", "host is unreachable");

  /** Netty's native transports, the JDK on Windows, and what people write into messages. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "error\\(-(\\d{1,5})\\)|Windows Sockets error: (\\d{5})|errno[ =:]+(\\d{1,5})");

  private static final Pattern NAME = Pattern.compile("\\b(?:WSA)?(E[A-Z]{3,12})\\b");

  /** What a library puts before the kernel's words. */
  private static final Pattern LEAD =
      Pattern.compile("^(?:[\\w.$]+(?:Exception|Error): |.*?\\(\\.\\.\\) failed: |.* failed: )");

  private final List<Integer> numbers;
  private final List<String> words;

  Errno(List<Integer> numbers, String... words) {
    this.numbers = numbers;
    this.words = List.of(words);
  }

  /** The error that a message tells of; null where it tells of none. */
  static @Nullable Errno of(String message) {
    Matcher number = NUMBER.matcher(message);
    if (number.find()) {
      return ofNumber(Integer.parseInt(firstGroup(number)));
    }
    Errno named = ofName(message);
    if (named != null) {
      return named;
    }
    Errno worded = ofWords(message);
    Matcher lead = LEAD.matcher(message);
    return worded == null && lead.find() ? ofWords(message.substring(lead.end())) : worded;
  }

  private static String firstGroup(Matcher matcher) {
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String found = matcher.group(group);
      if (found != null) {
        return found;
      }
    }
    throw new IllegalStateException("no group of " + matcher);
  }

  private static @Nullable Errno ofNumber(int number) {
    for (Errno errno : values()) {
      if (errno.numbers.contains(number)) {
        return errno;
      }
    }
    return null;
  }

  private static @Nullable Errno ofName(String message) {
    Matcher name = NAME.matcher(message);
    while (name.find()) {
      for (Errno errno : values()) {
        if (errno.name().equals(name.group()) || errno.name().equals(name.group(1))) {
          return errno;
        }
      }
    }
    return null;
  }

  private static @Nullable Errno ofWords(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    for (Errno errno : values()) {
      if (errno.words.stream().anyMatch(text::startsWith)) {
        return errno;
      }
    }
    // As file streams have it: "/some/file (Too many open files)".
    return text.endsWith("(too many open files)") ? EMFILE : null;
  }
}
