package io.fourtuple.netty.http;

import io.fourtuple.netty.http.ProxyChoice.Way;
import io.fourtuple.pool.Destination;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one {@code send} have in common: which way they go, who is asked about them,
 * and which one follows from a response. Calls the user's code, so never on an event loop, and by
 * one thread at a time.
 */
final class Conversation {
  private static final String USER_AGENT = "fourtuple";

  private final ClientCore client;
  private final boolean opensWebSocket;
  private final @Nullable Authentication authentication; // null: nobody is asked
  private ProxyChoice proxy = ProxyChoice.DIRECT;
  private Way way = Way.DIRECT;
  private int requests = 1; // because of redirects

  Conversation(ClientCore client) {
    this(client, false);
  }

  /**
   * @param opensWebSocket whether a proxy is asked for a tunnel in any case (RFC 6455, 4.1)
   */
  Conversation(ClientCore client, boolean opensWebSocket) {
    this.client = client;
    this.opensWebSocket = opensWebSocket;
    this.authentication = client.newAuthentication();
  }

  // ---- a request

  /**
   * Makes a request ready to be sent.
   *
   * @throws IOException where one of the user's handlers fails
   */
  Outgoing prepare(CheckedRequest request) throws IOException {
    proxy = client.origins().proxy(request.uri(), client.now());
    way = proxy.way(request.uri());
    if (way == Way.FORWARD && opensWebSocket) {
      way = Way.TUNNEL;
    }
    BodyPublisher publisher = request.body();
    long length = publisher == null ? 0 : publisher.contentLength();
    ContentAtHand content =
        publisher == null || request.expectContinue() ? null : ContentAtHand.of(publisher, length);
    CookieHandler cookies = client.settings().cookieHandler();
    RequestHead head =
        new RequestHead(
            request,
            length,
            way == Way.FORWARD ? RequestHead.Receiver.PROXY : RequestHead.Receiver.SERVER,
            cookies == null ? List.of() : Cookies.forRequest(cookies, request),
            authentication == null ? null : authentication.authorization(request),
            way == Way.FORWARD ? proxyAuthorization(request) : null,
            USER_AGENT);
    return new Outgoing(
        head, destination(request), content != null || length == 0 ? null : publisher, content);
  }

  private Destination destination(CheckedRequest request) {
    boolean http2 = version(request) != HttpClient.Version.HTTP_1_1;
    return switch (way) {
      case DIRECT -> client.origins().direct(request.uri(), http2);
      case FORWARD -> atProxy(new HttpProtocol(false, false, null));
      case TUNNEL -> {
        Origin origin = Origin.of(request.uri());
        yield atProxy(
            new HttpProtocol(
                origin.secure(),
                http2,
                new HttpProtocol.Tunnel(
                    KnownOrigins.host(origin), origin.port(), connectFields(request))));
      }
    };
  }

  private HttpClient.Version version(CheckedRequest request) {
    return request.version().orElse(client.settings().version());
  }

  private Destination atProxy(HttpProtocol protocol) {
    InetSocketAddress address = proxy.address();
    return Destination.named(address.getHostString(), address.getPort()).withProtocol(protocol);
  }

  private @Nullable String proxyAuthorization(CheckedRequest request) {
    return authentication == null
        ? null
        : authentication.proxyAuthorization(request, proxy.address());
  }

  private List<Map.Entry<String, String>> connectFields(CheckedRequest request) {
    return ProxyChoice.connectHead(request, proxyAuthorization(request), USER_AGENT)
        .headers()
        .entries()
        .stream()
        .map(field -> Map.entry(field.getKey(), field.getValue()))
        .toList();
  }

  // ---- what follows

  /**
   * Hears of a response.
   *
   * @return the request to be sent next; null where the response is the result
   * @throws IOException where one of the user's handlers fails, or the response cannot be followed
   */
  @Nullable CheckedRequest next(CheckedRequest request, ResponseHead response) throws IOException {
    CookieHandler cookies = client.settings().cookieHandler();
    if (cookies != null) {
      Cookies.store(cookies, request.uri(), response.headers());
    }
    if (authentication != null) {
      if (way == Way.TUNNEL) {
        authentication.proxyAccepted(proxy.address());
      }
      if (isAnswered(request, response, way == Way.FORWARD ? proxy.address() : null)) {
        return request;
      }
    }
    HttpClient.Redirect policy = client.settings().redirect();
    if (policy == HttpClient.Redirect.NEVER || response.statusCode() / 100 != 3) {
      return null;
    }
    CheckedRequest following =
        Redirects.next(request, response.statusCode(), response.headers(), policy, requests);
    requests++;
    return following;
  }

  /**
   * Hears that the proxy wants credentials for a tunnel.
   *
   * @return whether there are some, so that the request is to be sent again
   */
  boolean tunnelRefused(CheckedRequest request, ResponseHead response) throws IOException {
    return isAnswered(request, response, proxy.address());
  }

  private boolean isAnswered(
      CheckedRequest request, ResponseHead response, @Nullable InetSocketAddress asking)
      throws IOException {
    if (authentication == null) {
      return false;
    }
    Authentication.Question question =
        authentication.onResponse(request, asking, response.statusCode(), response.headers());
    if (question != null) {
      question.ask();
    }
    return question != null;
  }

  /** Tells the selector of proxies that its choice cannot be reached. */
  void connectFailed(URI uri, IOException why) {
    ProxySelector selector = client.origins().selector();
    if (selector != null) {
      proxy.connectFailed(selector, uri, why);
    }
  }
}
