package io.fourtuple.netty.http;

import io.fourtuple.pool.Destination;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is spoken on connections to a {@link Destination}; two that differ do not share connections.
 *
 * @param tls whether TLS is spoken with the origin
 * @param http2 whether HTTP/2 is offered by ALPN, or for plain text asked for by an upgrade
 * @param tunnel where the destination is a proxy that is to let us through; null without
 */
record HttpProtocol(boolean tls, boolean http2, @Nullable Tunnel tunnel) {
  /**
   * A way through a proxy (RFC 9110, 9.3.6).
   *
   * @param host of the origin, without brackets
   * @param fields that the proxy is sent, credentials among them. Part of equality: what was opened
   *     for one user is not for another
   */
  record Tunnel(String host, int port, List<Map.Entry<String, String>> fields) {
    /** The request for it. */
    HttpRequest connectHead() {
      HttpHeaders headers =
          DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
      fields.forEach(field -> headers.add(field.getKey(), field.getValue()));
      return new DefaultHttpRequest(
          HttpVersion.HTTP_1_1, HttpMethod.CONNECT, headers.get(HttpHeaderNames.HOST), headers);
    }

    @Override
    public String toString() {
      return host + ":" + port; // credentials do not belong into messages
    }
  }

  @Override
  public String toString() {
    String name = tls ? "https" : "http";
    return tunnel == null ? name : name + " to " + tunnel;
  }
}
