package io.fourtuple.netty.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The parts of a URI in the form in which a request names them: RFC 9112, 3.2. */
final class Targets {
  private Targets() {}

  /**
   * Host and port as for a Host field: the port only if it is not the scheme's, an IPv6 address in
   * brackets and without a zone, which means something on this host only (RFC 6874, 4). User
   * information is not part of it (RFC 9110, 4.2.4).
   */
  static String authority(URI uri) {
    String host = host(uri);
    int port = uri.getPort();
    if (port < 0 || port == (Origin.isSecure(uri) ? Origin.HTTPS_PORT : Origin.HTTP_PORT)) {
      return host;
    }
    return host + ":" + port;
  }

  /** The same with the port in any case, as CONNECT wants it. */
  static String authorityForm(URI uri) {
    return host(uri) + ":" + Origin.port(uri);
  }

  private static String host(URI uri) {
    String host = uri.getHost();
    int zone = host.charAt(0) == '[' ? host.indexOf('%') : -1;
    return zone < 0 ? host : host.substring(0, zone) + "]";
  }

  /** Path and query, for a server. OPTIONS without a path asks about the server as a whole. */
  static String originForm(String method, URI uri) {
    String query = uri.getRawQuery();
    if (query == null && hasNoPath(uri) && method.equals("OPTIONS")) {
      return "*";
    }
    return pathAndQuery(uri, query);
  }

  /**
   * For a proxy, without user information and fragment, which do not leave this host. With a path
   * always: a proxy is never asked about a server as a whole.
   */
  static String absoluteForm(URI uri) {
    return uri.getScheme() + "://" + authority(uri) + pathAndQuery(uri, uri.getRawQuery());
  }

  private static boolean hasNoPath(URI uri) {
    String path = uri.getRawPath();
    return path == null || path.isEmpty();
  }

  private static String pathAndQuery(URI uri, @Nullable String query) {
    String path = hasNoPath(uri) ? "/" : uri.getRawPath();
    if (isAscii(path) && (query == null || isAscii(query))) {
      return query == null ? path : path + "?" + query;
    }
    // Octets of UTF-8, escaped: this changes nothing that is ASCII already, so it ends here.
    URI ascii = URI.create(uri.toASCIIString());
    return pathAndQuery(ascii, ascii.getRawQuery());
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
