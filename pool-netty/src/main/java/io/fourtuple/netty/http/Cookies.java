package io.fourtuple.netty.http;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks and tells the user's cookie handler, which may block: never on an event loop. */
final class Cookies {
  private Cookies() {}

  /**
   * Cookies for a request. Those that cannot be sent are left out, as the JDK does, and so is
   * {@code Cookie2}, which RFC 6265 has ended.
   *
   * @return values for the Cookie field
   * @throws IOException if the handler fails
   */
  static List<String> forRequest(CookieHandler handler, CheckedRequest request) throws IOException {
    List<String> cookies = new ArrayList<>();
    for (Map.Entry<String, List<String>> field : ask(handler, request).entrySet()) {
      if ("cookie".equalsIgnoreCase(field.getKey()) && field.getValue() != null) {
        for (String value : field.getValue()) {
          if (value != null && !value.isEmpty() && RequestCheck.isFieldValue(value)) {
            cookies.add(value);
          }
        }
      }
    }
    return cookies;
  }

  private static Map<String, List<String>> ask(CookieHandler handler, CheckedRequest request)
      throws IOException {
    try {
      Map<String, List<String>> fields = handler.get(request.uri(), request.headers().map());
      return fields == null ? Map.of() : fields;
    } catch (RuntimeException failed) {
      throw new IOException("cookie handler failed at get: " + failed, failed);
    }
  }

  /**
   * Shows the handler a response.
   *
   * @param uri that of the request
   * @throws IOException if the handler fails
   */
  static void store(CookieHandler handler, URI uri, HttpHeaders response) throws IOException {
    try {
      handler.put(uri, response.map());
    } catch (RuntimeException failed) {
      throw new IOException("cookie handler failed at put: " + failed, failed);
    }
  }
}
