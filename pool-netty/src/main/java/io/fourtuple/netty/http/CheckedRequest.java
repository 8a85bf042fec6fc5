package io.fourtuple.netty.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot change any more and that may be sent: a copy of the user's, whose class may
 * be anybody's, made by {@link RequestCheck}; or one that follows from such a copy.
 */
final class CheckedRequest extends HttpRequest {
  private final String method;
  private final URI uri;
  private final HttpHeaders headers;
  private final int kinds; // a bit for each FieldKind that the headers have
  private final Optional<BodyPublisher> body;
  private final boolean expectContinue;
  private final Optional<Duration> timeout;
  private final Optional<HttpClient.Version> version;

  /** Copies what is left of {@code request}, whose method, URI and headers have been checked. */
  CheckedRequest(String method, URI uri, HttpHeaders headers, HttpRequest request) {
    this(method, uri, headers, request.bodyPublisher(), request);
  }

  private CheckedRequest(
      String method,
      URI uri,
      HttpHeaders headers,
      Optional<BodyPublisher> body,
      HttpRequest request) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.body = Objects.requireNonNull(body, "bodyPublisher");
    expectContinue = request.expectContinue();
    timeout = Objects.requireNonNull(request.timeout(), "timeout");
    version = Objects.requireNonNull(request.version(), "version");
    int found = 0;
    for (String name : headers.map().keySet()) {
      found |= bit(FieldKind.of(name));
    }
    kinds = found;
  }

  /** The same request with another method, URI and headers, all checked, and no body. */
  CheckedRequest withoutBody(String newMethod, URI newUri, HttpHeaders newHeaders) {
    return new CheckedRequest(newMethod, newUri, newHeaders, Optional.empty(), this);
  }

  /** The same request, body included, to another URI and with other headers, both checked. */
  CheckedRequest to(URI newUri, HttpHeaders newHeaders) {
    return new CheckedRequest(method, newUri, newHeaders, body, this);
  }

  /** Whether the user has set a header field of this kind. */
  boolean has(FieldKind kind) {
    return (kinds & bit(kind)) != 0;
  }

  private static int bit(FieldKind kind) {
    return 1 << kind.ordinal();
  }

  /** The body's publisher, null where there is none. */
  @Nullable BodyPublisher body() {
    return body.orElse(null);
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return body;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public Optional<Duration> timeout() {
    return timeout;
  }

  @Override
  public boolean expectContinue() {
    return expectContinue;
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return version;
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }

  @Override
  public String toString() {
    return uri + " " + method;
  }
}
