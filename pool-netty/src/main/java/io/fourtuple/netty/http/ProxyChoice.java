package io.fourtuple.netty.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Through which proxy a request goes.
 *
 * @param proxy its address as the selector gave it, null for none
 */
record ProxyChoice(@Nullable InetSocketAddress proxy) {
  static final ProxyChoice DIRECT = new ProxyChoice(null);

  /** How a request gets to its server. */
  enum Way {
    DIRECT,
    /** The proxy reads the request and passes it on. */
    FORWARD,
    /** The proxy passes bytes on, once asked with CONNECT: RFC 9110, 9.3.6. */
    TUNNEL
  }

  /**
   * The first of the selector's proxies that can be used. The selector is the user's code, and may
   * block: never on an event loop.
   *
   * @param selector null for none
   * @throws IOException if the selector fails, or names only proxies that are not HTTP's. To go
   *     past them would be to go where the user did not want to.
   */
  static ProxyChoice of(@Nullable ProxySelector selector, URI uri) throws IOException {
    if (selector == null) {
      return DIRECT;
    }
    List<Proxy> proxies = ask(selector, uri);
    if (proxies == null || proxies.isEmpty()) {
      return DIRECT;
    }
    for (Proxy proxy : proxies) {
      if (proxy.type() == Proxy.Type.DIRECT) {
        return DIRECT;
      }
      if (proxy.type() == Proxy.Type.HTTP) {
        return new ProxyChoice(checked(proxy.address()));
      }
    }
    throw new IOException(
        "proxy for " + Origin.of(uri) + " must be DIRECT or HTTP, was " + proxies);
  }

  private static @Nullable List<Proxy> ask(ProxySelector selector, URI uri) throws IOException {
    try {
      return selector.select(uri);
    } catch (RuntimeException failed) {
      throw new IOException("proxy selector failed: " + failed, failed);
    }
  }

  private static InetSocketAddress checked(@Nullable SocketAddress proxy) throws IOException {
    if (!(proxy instanceof InetSocketAddress address) || address.getPort() == 0) {
      throw new IOException(
          "address of HTTP proxy must be a host and a port of 1 to 65535, was " + proxy);
    }
    return address;
  }

  /** How a request to {@code uri} gets there; one that opens a WebSocket is tunnelled always. */
  Way way(URI uri) {
    if (proxy == null) {
      return Way.DIRECT;
    }
    return Origin.isSecure(uri) ? Way.TUNNEL : Way.FORWARD;
  }

  /**
   * Host and port of the proxy, not resolved.
   *
   * @throws IllegalStateException if there is none
   */
  InetSocketAddress address() {
    if (proxy == null) {
      throw new IllegalStateException("proxy must be there for its address, was none");
    }
    return InetSocketAddress.createUnresolved(proxy.getHostString(), proxy.getPort());
  }

  /** Tells the selector that the proxy could not be reached. It is the user's code. */
  void connectFailed(ProxySelector selector, URI uri, IOException cause) {
    if (proxy != null) {
      selector.connectFailed(uri, proxy, cause);
    }
  }

  /**
   * The head with which a proxy is asked for a tunnel, with those headers of the request that are
   * for proxies.
   *
   * @param proxyAuthorization credentials, sent where the user has set none; null for none
   */
  static DefaultHttpRequest connectHead(
      CheckedRequest request, @Nullable String proxyAuthorization, CharSequence userAgent) {
    String authority = Targets.authorityForm(request.uri());
    HttpHeaders fields =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    fields.add(HttpHeaderNames.HOST, authority);
    fields.add(HttpHeaderNames.USER_AGENT, userAgent);
    if (proxyAuthorization != null && !request.has(FieldKind.PROXY_AUTHORIZATION)) {
      fields.add(HttpHeaderNames.PROXY_AUTHORIZATION, proxyAuthorization);
    }
    for (Map.Entry<String, List<String>> field : request.headers().map().entrySet()) {
      FieldKind kind = FieldKind.of(field.getKey());
      if (kind == FieldKind.PROXY || kind == FieldKind.PROXY_AUTHORIZATION) {
        fields.add(field.getKey(), field.getValue());
      }
    }
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, authority, fields);
  }
}
