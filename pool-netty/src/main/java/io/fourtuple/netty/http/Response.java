package io.fourtuple.netty.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response.
 *
 * @param head status and headers
 * @param value the body; null where the handler makes none
 * @param previous that of the redirect, or the challenge, before; null for none
 * @param session of TLS; null without
 * @param label the connection's
 */
record Response<T>(
    HttpRequest request,
    ResponseHead head,
    @Nullable T value,
    @Nullable HttpResponse<T> previous,
    @Nullable SSLSession session,
    String label)
    implements HttpResponse<T> {
  @Override
  public int statusCode() {
    return head.statusCode();
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.ofNullable(previous);
  }

  @Override
  public HttpHeaders headers() {
    return head.headers();
  }

  @Override
  @SuppressWarnings("NullAway") // java.net.http knows no annotations: a body may be null
  public T body() {
    return value;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.ofNullable(session);
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public HttpClient.Version version() {
    return head.version();
  }

  /** Which connection it came on; since JDK 25 a method of the interface. */
  public Optional<String> connectionLabel() {
    return Optional.of(label);
  }

  @Override
  public String toString() {
    return "(" + request.method() + " " + request.uri() + ") " + head.statusCode();
  }
}
