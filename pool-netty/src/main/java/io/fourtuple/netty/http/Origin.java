package io.fourtuple.netty.http;

import java.net.URI;
import java.util.Locale;

/**
 * Scheme, host and port of a URI (RFC 6454), in a form that can be compared.
 *
 * @param secure whether the scheme is {@code https}, else it is {@code http}
 * @param host in lower case; an IPv6 address is in brackets
 * @param port 1 to 65535, that of the scheme where the URI has none
 */
record Origin(boolean secure, String host, int port) {
  /** RFC 9110, 4.2.1. */
  static final int HTTP_PORT = 80;

  /** RFC 9110, 4.2.2. */
  static final int HTTPS_PORT = 443;

  /** That of a URI which {@link RequestCheck} lets pass. */
  static Origin of(URI uri) {
    boolean secure = isSecure(uri);
    return new Origin(secure, uri.getHost().toLowerCase(Locale.ROOT), port(uri));
  }

  static boolean isSecure(URI uri) {
    return uri.getScheme().equalsIgnoreCase("https");
  }

  static int port(URI uri) {
    int port = uri.getPort();
    return port >= 0 ? port : isSecure(uri) ? HTTPS_PORT : HTTP_PORT;
  }
}
