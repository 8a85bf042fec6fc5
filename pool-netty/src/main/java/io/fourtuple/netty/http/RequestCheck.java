package io.fourtuple.netty.http;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what must not be sent, before anything is done for the request. The JDK's builder refuses
 * much of it too; requests of other classes are taken by its client only after the same checks.
 */
final class RequestCheck {
  private static final int MAX_PORT = 0xFFFF;

  /** The characters of a token beside letters and digits: RFC 9110, 5.6.2. */
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private static final boolean[] TOKEN = tokenChars();

  /** Those that the JDK's client keeps to itself. */
  private static final List<String> JDK_RESTRICTED =
      List.of("connection", "content-length", "expect", "host", "upgrade");

  private static final Set<String> RESTRICTED = restricted();

  private RequestCheck() {}

  /**
   * A copy of the request that cannot change any more, since its class may be anybody's.
   *
   * @throws IllegalArgumentException if the request must not be sent
   */
  static CheckedRequest check(HttpRequest request) {
    String method = method(request.method());
    URI uri = Objects.requireNonNull(request.uri(), "uri");
    checkUri(uri);
    HttpHeaders headers = Objects.requireNonNull(request.headers(), "headers");
    for (Map.Entry<String, List<String>> field : headers.map().entrySet()) {
      checkField(field.getKey(), field.getValue());
    }
    CheckedRequest checked = new CheckedRequest(method, uri, headers, request);
    checkTimeout(checked);
    return checked;
  }

  private static void checkTimeout(CheckedRequest request) {
    if (request.timeout().isPresent()) {
      Duration timeout = request.timeout().get();
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("timeout must be > 0, was " + timeout);
      }
    }
  }

  private static String method(@Nullable String method) {
    if (method == null) {
      return "GET"; // as the JDK does
    }
    if (!isToken(method)) {
      throw new IllegalArgumentException(
          "method must be a token of RFC 9110, was " + quoted(method));
    }
    if (method.equals("CONNECT")) {
      throw new IllegalArgumentException("method must not be CONNECT, was CONNECT");
    }
    return method;
  }

  /**
   * What {@link URI} cannot hold need not be looked for: control characters and spaces.
   *
   * @throws IllegalArgumentException if it is not one of http or https with a host
   */
  static void checkUri(URI uri) {
    String scheme = uri.getScheme();
    if (scheme == null || !isHttp(scheme)) {
      throw new IllegalArgumentException("scheme of URI must be http or https, was " + scheme);
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "URI must have a host made of ASCII letters, digits, hyphens and dots, was "
              + withoutUserInfo(uri));
    }
    int port = uri.getPort();
    if (port == 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port of URI must be 1 to 65535, was " + port);
    }
    if (hasLoneSurrogate(uri.getRawPath()) || hasLoneSurrogate(uri.getRawQuery())) {
      throw new IllegalArgumentException(
          "path and query of URI must be well-formed UTF-16, were "
              + quoted(uri.getRawPath() + "?" + uri.getRawQuery()));
    }
  }

  private static boolean hasLoneSurrogate(@Nullable String text) {
    if (text == null) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++; // its second half
      }
    }
    return false;
  }

  static boolean isHttp(String scheme) {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
  }

  private static void checkField(String name, List<String> values) {
    if (!isToken(name)) {
      throw new IllegalArgumentException(
          "name of a header must be a token of RFC 9110, was " + quoted(name));
    }
    if (!RESTRICTED.isEmpty() && RESTRICTED.contains(name)) {
      throw new IllegalArgumentException(
          "name of a header must not be one that the client sets ("
              + RESTRICTED
              + "), was "
              + name);
    }
    boolean framing = FieldKind.of(name) == FieldKind.TRANSFER_ENCODING;
    for (String value : values) {
      int bad = indexOfIllegal(value);
      if (bad >= 0) {
        // The value itself may be a secret.
        throw new IllegalArgumentException(
            String.format(
                "header %s must have visible Latin-1 characters, spaces and tabs only,"
                    + " was U+%04X at index %d",
                name, (int) value.charAt(bad), bad));
      }
      if (framing && !value.trim().equalsIgnoreCase("chunked")) {
        throw new IllegalArgumentException(
            "header " + name + " must be chunked, or left to the client, was " + quoted(value));
      }
    }
  }

  /** Whether a value may be sent as that of a header field. */
  static boolean isFieldValue(String value) {
    return indexOfIllegal(value) < 0;
  }

  private static int indexOfIllegal(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7F || c > 0xFF) {
        return i;
      }
    }
    return -1;
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isTokenChar(char c) {
    return c < TOKEN.length && TOKEN[c];
  }

  private static boolean[] tokenChars() {
    boolean[] token = new boolean[0x80];
    for (char c = 0; c < token.length; c++) {
      token[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || TOKEN_MARKS.indexOf(c) >= 0;
    }
    return token;
  }

  /**
   * Which headers this JVM restricts. Its setting {@code jdk.httpclient.allowRestrictedHeaders} is
   * read by the JDK's builder only, so that is asked: then both say the same.
   */
  private static Set<String> restricted() {
    Set<String> restricted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : JDK_RESTRICTED) {
      try {
        HttpRequest.newBuilder().setHeader(name, "0");
      } catch (IllegalArgumentException refused) {
        restricted.add(name);
      }
    }
    return restricted;
  }

  private static String withoutUserInfo(URI uri) {
    String text = uri.toString();
    int at = text.indexOf('@');
    return at < 0 ? text : uri.getScheme() + "://..." + text.substring(at);
  }

  /** For a message: in ASCII, whatever was given. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7F) {
        quoted.append(c);
      } else {
        quoted.append(String.format("\\u%04X", (int) c));
      }
    }
    return quoted.append('"').toString();
  }
}
