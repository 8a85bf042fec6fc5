package io.fourtuple.netty.http;

import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Names of header fields that most responses have, as servers write them, and in lower case: they
 * are not made anew for each response, which is a tenth of what a small one costs in memory.
 */
final class FieldNames {
  private static final AsciiString[][] BY_LENGTH =
      byLength(
          "Accept-Ranges",
          "Access-Control-Allow-Origin",
          "Age",
          "Allow",
          "Alt-Svc",
          "Cache-Control",
          "Connection",
          "Content-Disposition",
          "Content-Encoding",
          "Content-Language",
          "Content-Length",
          "Content-Type",
          "Date",
          "ETag",
          "Expires",
          "Keep-Alive",
          "Last-Modified",
          "Link",
          "Location",
          "Pragma",
          "Referrer-Policy",
          "Retry-After",
          "Server",
          "Set-Cookie",
          "Strict-Transport-Security",
          "Transfer-Encoding",
          "Vary",
          "Via",
          "X-Content-Type-Options",
          "X-Frame-Options",
          "X-Powered-By",
          "X-Request-Id");

  private FieldNames() {}

  private static AsciiString[][] byLength(String... names) {
    int longest = Arrays.stream(names).mapToInt(String::length).max().orElse(0);
    return IntStream.rangeClosed(0, longest)
        .mapToObj(
            length ->
                Arrays.stream(names)
                    .filter(name -> name.length() == length)
                    .flatMap(name -> Stream.of(name, name.toLowerCase(Locale.ROOT)))
                    .map(AsciiString::cached)
                    .toArray(AsciiString[]::new))
        .toArray(AsciiString[][]::new);
  }

  /** The name that these bytes are. */
  static AsciiString of(byte[] bytes, int start, int length) {
    if (length < BY_LENGTH.length) {
      for (AsciiString known : BY_LENGTH[length]) {
        byte[] name = known.array(); // from its first byte on, as nothing was cut off
        if (name[0] == bytes[start]
            && Arrays.equals(name, 0, length, bytes, start, start + length)) {
          return known;
        }
      }
    }
    return new AsciiString(bytes, start, length, true);
  }
}
