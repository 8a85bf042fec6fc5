package io.fourtuple.netty.http;

import java.net.ProtocolException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What to send next after a response that points elsewhere: RFC 9110, 15.4. */
final class Redirects {
  /**
   * How many requests one may lead to, the first included: the default of the JDK's {@code
   * jdk.httpclient.redirects.retrylimit}. The response that would lead to one more is the result.
   */
  static final int MAX_REQUESTS = 5;

  /** What another origin has no business with. */
  private static final Set<FieldKind> FOR_THE_ORIGIN =
      EnumSet.of(
          FieldKind.AUTHORIZATION,
          FieldKind.COOKIE,
          FieldKind.HOST,
          FieldKind.PROVENANCE,
          FieldKind.PROXY_AUTHORIZATION);

  /** What goes when the body goes. */
  private static final Set<FieldKind> FOR_THE_BODY =
      EnumSet.of(
          FieldKind.CONTENT_LENGTH,
          FieldKind.CONTENT_METADATA,
          FieldKind.EXPECT,
          FieldKind.TRANSFER_ENCODING);

  private Redirects() {}

  /**
   * The request that the response asks for.
   *
   * @param requests how many were sent, this one included, because of redirects
   * @return null if the response is the result
   * @throws ProtocolException if the response does not say where to go
   */
  static @Nullable CheckedRequest next(
      CheckedRequest request, int status, HttpHeaders response, Redirect policy, int requests)
      throws ProtocolException {
    if (policy == Redirect.NEVER || !isRedirect(status) || requests >= MAX_REQUESTS) {
      return null;
    }
    URI target = target(request.uri(), status, response);
    if (!RequestCheck.isHttp(target.getScheme())) {
      return null; // an application's own, perhaps: the user may know it
    }
    check(target, status);
    if (policy == Redirect.NORMAL && Origin.isSecure(request.uri()) && !Origin.isSecure(target)) {
      return null;
    }
    String method = method(status, request.method());
    boolean bodyGoes = status == 303 || !method.equals(request.method());
    Set<FieldKind> dropped = EnumSet.noneOf(FieldKind.class);
    if (!Origin.of(target).equals(Origin.of(request.uri()))) {
      dropped.addAll(FOR_THE_ORIGIN);
    }
    if (bodyGoes) {
      dropped.addAll(FOR_THE_BODY);
    }
    HttpHeaders headers = without(dropped, request);
    return bodyGoes ? request.withoutBody(method, target, headers) : request.to(target, headers);
  }

  private static boolean isRedirect(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static String method(int status, String method) {
    return switch (status) {
      case 301, 302 -> method.equals("POST") ? "GET" : method;
      case 303 -> method.equals("HEAD") ? "HEAD" : "GET";
      default -> method;
    };
  }

  private static HttpHeaders without(Set<FieldKind> dropped, CheckedRequest request) {
    for (FieldKind kind : dropped) {
      if (request.has(kind)) {
        return HttpHeaders.of(
            request.headers().map(), (name, value) -> !dropped.contains(FieldKind.of(name)));
      }
    }
    return request.headers();
  }

  private static URI target(URI base, int status, HttpHeaders response) throws ProtocolException {
    Optional<String> location = response.firstValue("Location");
    if (location.isEmpty()) {
      throw new ProtocolException("response " + status + " must have a Location, had none");
    }
    try {
      return resolve(base, new URI(escaped(location.get())));
    } catch (URISyntaxException malformed) {
      throw bad(
          status, "must be a URI reference, was " + RequestCheck.quoted(location.get()), malformed);
    }
  }

  /**
   * Octets that are not ASCII, as many servers send them, escaped one by one: as the Latin-1 that
   * they were read as, they would be escaped as other characters, or refused as controls.
   */
  private static String escaped(String location) {
    StringBuilder escaped = new StringBuilder(location.length());
    for (int i = 0; i < location.length(); i++) {
      char c = location.charAt(i);
      if (c < 0x80 || c > 0xFF) {
        escaped.append(c);
      } else {
        escaped.append(String.format("%%%02X", (int) c));
      }
    }
    return escaped.toString();
  }

  private static void check(URI target, int status) throws ProtocolException {
    try {
      RequestCheck.checkUri(target);
    } catch (IllegalArgumentException refused) {
      throw bad(status, "must be fit for a request: " + refused.getMessage(), refused);
    }
  }

  private static ProtocolException bad(int status, String text, Exception cause) {
    ProtocolException bad = new ProtocolException("Location of response " + status + " " + text);
    bad.initCause(cause);
    return bad;
  }

  /**
   * RFC 3986, 5.2.2. {@link URI#resolve(URI)} is of the time before it: a reference that is only a
   * query loses the last segment of the path, and one to a base without a path becomes part of the
   * host's name.
   */
  static URI resolve(URI base, URI reference) throws URISyntaxException {
    if (reference.isAbsolute()) {
      return reference;
    }
    StringBuilder target = new StringBuilder(base.getScheme()).append("://");
    if (reference.getRawAuthority() != null) {
      target.append(reference.getRawAuthority()).append(reference.getRawPath());
      return ended(target, reference.getRawQuery(), reference.getRawFragment());
    }
    target.append(base.getRawAuthority());
    String path = reference.getRawPath();
    String query = reference.getRawQuery();
    if (path.isEmpty()) {
      target.append(base.getRawPath());
      query = query == null ? base.getRawQuery() : query;
    } else if (path.startsWith("/")) {
      target.append(path);
    } else {
      String basePath = base.getRawPath();
      String folder = basePath.substring(0, basePath.lastIndexOf('/') + 1);
      target.append(withoutDots((folder.isEmpty() ? "/" : folder) + path));
    }
    return ended(target, query, reference.getRawFragment());
  }

  private static URI ended(StringBuilder target, @Nullable String query, @Nullable String fragment)
      throws URISyntaxException {
    if (query != null) {
      target.append('?').append(query);
    }
    if (fragment != null) {
      target.append('#').append(fragment);
    }
    return new URI(target.toString());
  }

  /** RFC 3986, 5.2.4, for a path that begins with a slash. */
  private static String withoutDots(String path) {
    StringBuilder out = new StringBuilder(path.length());
    int start = 0;
    while (start < path.length()) { // at a slash
      int slash = path.indexOf('/', start + 1);
      int end = slash < 0 ? path.length() : slash;
      String segment = path.substring(start, end);
      boolean last = slash < 0;
      if (segment.equals("/..")) {
        out.setLength(Math.max(out.lastIndexOf("/"), 0));
      }
      if (!segment.equals("/..") && !segment.equals("/.")) {
        out.append(segment);
      } else if (last) {
        out.append('/');
      }
      start = end;
    }
    return out.toString();
  }
}
