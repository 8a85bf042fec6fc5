package io.fourtuple.examples.gateway;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.AsciiString;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** What a proxy changes in the heads of messages that it passes on: RFC 9110, 7.6, and RFC 7239. */
final class Heads {
  private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
  private static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  /** Of one connection, and not of the message. */
  private static final List<AsciiString> HOP_BY_HOP =
      List.of(
          HttpHeaderNames.CONNECTION,
          AsciiString.cached("keep-alive"),
          AsciiString.cached("proxy-connection"),
          HttpHeaderNames.PROXY_AUTHENTICATE,
          HttpHeaderNames.PROXY_AUTHORIZATION,
          HttpHeaderNames.TE,
          HttpHeaderNames.UPGRADE,
          HttpConversionUtil.ExtensionHeaderNames.STREAM_ID.text(),
          HttpConversionUtil.ExtensionHeaderNames.SCHEME.text());

  private Heads() {}

  /** Whether a client wants to go on with WebSocket (RFC 6455). */
  static boolean asksForWebSocket(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.containsValue(HttpHeaderNames.UPGRADE, WEBSOCKET, true);
  }

  /** Whether it is an error to send a second copy of it: RFC 9110, 9.2.1. */
  static boolean isSafe(HttpRequest request) {
    boolean hasBody =
        HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
    return !hasBody
        && switch (request.method().name()) {
          case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
          default -> false;
        };
  }

  /** The path of a request's target, without the query. */
  static String path(HttpRequest request) {
    String target = originForm(request.uri());
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  private static String originForm(String target) {
    int scheme = target.indexOf("://");
    if (target.startsWith("/") || scheme < 0) {
      return target;
    }
    int path = target.indexOf('/', scheme + 3);
    return path < 0 ? "/" : target.substring(path);
  }

  /** What goes to the upstream; the request's own fields become those. */
  static HttpRequest forUpstream(HttpRequest request, SocketAddress client, String scheme) {
    HttpRequest passed =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, request.method(), originForm(request.uri()), request.headers());
    HttpHeaders headers = passed.headers();
    boolean isWebSocket = asksForWebSocket(request);
    removeHopByHop(headers);
    if (isWebSocket) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, WEBSOCKET);
    }
    headers.add(FORWARDED, forwarded(client, headers.get(HttpHeaderNames.HOST), scheme));
    headers.add(HttpHeaderNames.VIA, request.protocolVersion().majorVersion() + ".1 gateway");
    return passed;
  }

  private static String forwarded(SocketAddress client, String host, String scheme) {
    String by = client instanceof InetSocketAddress ip ? node(ip.getAddress()) : "unknown";
    boolean isPlain = host != null && host.indexOf('"') < 0 && host.indexOf('\\') < 0;
    String of = isPlain ? ";host=\"" + host + '"' : ""; // no host has such a character
    return "for=" + by + of + ";proto=" + scheme;
  }

  private static String node(InetAddress address) {
    String ip = address.getHostAddress();
    if (!(address instanceof Inet6Address)) {
      return ip;
    }
    int zone = ip.indexOf('%');
    return "\"[" + (zone < 0 ? ip : ip.substring(0, zone)) + "]\"";
  }

  /**
   * What goes to the client; the response's own fields become those.
   *
   * @param closes whether the client's connection ends after it
   */
  static HttpResponse forClient(HttpResponse response, HttpRequest request, boolean closes) {
    HttpResponse passed =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), response.headers());
    HttpHeaders headers = passed.headers();
    boolean isWebSocket = response.status().code() == 101;
    removeHopByHop(headers);
    if (isWebSocket) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      headers.set(HttpHeaderNames.UPGRADE, WEBSOCKET);
    } else if (closes) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    if (hasBody(response, request) && !HttpUtil.isContentLengthSet(response)) {
      boolean isOld = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
      HttpUtil.setTransferEncodingChunked(passed, !isOld); // else it ends with the connection
    }
    return passed;
  }

  /** One before the real response, such as 100 (Continue). */
  static FullHttpResponse informational(HttpResponse response, HttpRequest request) {
    return new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1,
        response.status(),
        Unpooled.EMPTY_BUFFER,
        forClient(response, request, false).headers(),
        EmptyHttpHeaders.INSTANCE);
  }

  private static boolean hasBody(HttpResponse response, HttpRequest request) {
    int status = response.status().code();
    return status >= 200
        && status != 204
        && status != 304
        && !request.method().name().equals("HEAD");
  }

  private static void removeHopByHop(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      for (String named : headers.getAll(HttpHeaderNames.CONNECTION)) {
        for (String name : named.split(",", -1)) {
          if (!name.isBlank()) {
            headers.remove(name.strip());
          }
        }
      }
    }
    for (AsciiString name : HOP_BY_HOP) {
      headers.remove(name);
    }
  }
}
