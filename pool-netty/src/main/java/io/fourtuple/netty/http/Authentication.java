package io.fourtuple.netty.http;

import java.io.IOException;
import java.net.Authenticator;
import java.net.Authenticator.RequestorType;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.URL;
import java.net.http.HttpHeaders;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Basic authentication (RFC 7617) of one request and of those that follow from it: what is sent
 * without being asked, and what is done about a challenge. Used by one thread at a time, each after
 * the other. Other schemes are left to the user, as by the JDK's client.
 *
 * <p>An exchange asks {@link #authorization} and {@link #proxyAuthorization} before each request,
 * and tells each response to {@link #onResponse}.
 */
final class Authentication {
  /**
   * How often refused credentials are replaced by others: the default of the JDK's {@code
   * jdk.httpclient.auth.retrylimit}.
   */
  static final int MAX_RETRIES = 3;

  static final int UNAUTHORIZED = 401;
  static final int PROXY_AUTHENTICATION_REQUIRED = 407;

  /** A question to the user's authenticator. */
  interface Question {
    /**
     * Asks, which may block: never on an event loop. When it returns, the request is to be sent
     * again, with the new credentials.
     *
     * @throws IOException if there are none
     */
    void ask() throws IOException;
  }

  private final @Nullable Authenticator authenticator;
  private final CredentialCache cache;
  private final Side server = new Side();
  private final Side proxy = new Side();

  /**
   * @param authenticator null for none: then all responses are the user's
   * @param cache the client's
   */
  Authentication(@Nullable Authenticator authenticator, CredentialCache cache) {
    this.authenticator = authenticator;
    this.cache = cache;
  }

  /** What is known of one of the two that may ask for credentials. */
  private static final class Side {
    private int questions; // one for cached credentials that were sent, too
    private @Nullable Object place; // that the answer is for: a URI or a proxy
    private @Nullable String answer; // not yet known to be right
    private CredentialCache.@Nullable Entry cached; // sent with the last request
  }

  /** The value of Authorization for a request about to be sent, null for none. */
  @Nullable String authorization(CheckedRequest request) {
    if (authenticator == null || request.has(FieldKind.AUTHORIZATION)) {
      return null;
    }
    if (request.uri().equals(server.place)) {
      return server.answer;
    }
    return fromCache(server, cache.find(request.uri()));
  }

  /**
   * The value of Proxy-Authorization, for a request to a proxy or for a CONNECT, null for none. The
   * JDK's settings forbid Basic for CONNECT unless changed ({@code
   * jdk.http.auth.tunneling.disabledSchemes}). Here it is allowed: the same password goes to the
   * same proxy for http URIs anyway, the authenticator sees who asks, and without it no https URI
   * could be reached through a proxy that wants to know its users.
   */
  @Nullable String proxyAuthorization(CheckedRequest request, InetSocketAddress address) {
    if (authenticator == null || request.has(FieldKind.PROXY_AUTHORIZATION)) {
      return null;
    }
    if (address.equals(proxy.place)) {
      return proxy.answer;
    }
    return fromCache(proxy, cache.find(address));
  }

  private static @Nullable String fromCache(Side side, CredentialCache.@Nullable Entry entry) {
    side.place = null;
    side.answer = null;
    side.cached = entry;
    if (entry == null) {
      return null;
    }
    side.questions = Math.max(side.questions, 1);
    return entry.header();
  }

  /**
   * What to do about a response.
   *
   * @param address the proxy that has read the request, or that has refused a CONNECT; null if
   *     there is none, or only a tunnel. A server that speaks like a proxy is not believed: it
   *     would be asked for the proxy's password.
   * @return null if the response goes its way
   * @throws IOException if the challenge cannot be met
   */
  @Nullable Question onResponse(
      CheckedRequest request, @Nullable InetSocketAddress address, int status, HttpHeaders response)
      throws IOException {
    if (authenticator == null) {
      return null;
    }
    if (status == PROXY_AUTHENTICATION_REQUIRED) {
      return address == null || request.has(FieldKind.PROXY_AUTHORIZATION)
          ? null
          : onProxyChallenge(authenticator, request, address, response);
    }
    if (address != null) {
      proxyAccepted(address);
    }
    if (status == UNAUTHORIZED) {
      return request.has(FieldKind.AUTHORIZATION)
          ? null
          : onServerChallenge(authenticator, request, response);
    }
    if (server.answer != null && request.uri().equals(server.place)) {
      cache.store(request.uri(), server.answer);
      fromCache(server, cache.find(request.uri()));
    }
    return null;
  }

  /** To be told, too, when a proxy has opened a tunnel: its response is not one to the request. */
  void proxyAccepted(InetSocketAddress address) {
    if (proxy.answer != null && address.equals(proxy.place)) {
      cache.store(address, proxy.answer);
      fromCache(proxy, cache.find(address));
    }
  }

  private @Nullable Question onServerChallenge(
      Authenticator asked, CheckedRequest request, HttpHeaders response) throws IOException {
    Challenge basic = basic(response, "WWW-Authenticate", UNAUTHORIZED);
    if (basic == null) {
      return null;
    }
    if (server.cached != null) {
      cache.remove(request.uri(), server.cached);
    }
    checkRetries(server);
    Requestor requestor =
        new Requestor(
            RequestorType.SERVER,
            request.uri().getHost(),
            request.uri().getPort(),
            request.uri().getScheme(),
            request.uri().toURL());
    return () -> answer(server, request.uri(), requestor.ask(asked, basic));
  }

  private @Nullable Question onProxyChallenge(
      Authenticator asked, CheckedRequest request, InetSocketAddress address, HttpHeaders response)
      throws IOException {
    Challenge basic = basic(response, "Proxy-Authenticate", PROXY_AUTHENTICATION_REQUIRED);
    if (basic == null) {
      return null;
    }
    if (proxy.cached != null) {
      cache.remove(address, proxy.cached);
    }
    checkRetries(proxy);
    Requestor requestor =
        new Requestor(
            RequestorType.PROXY,
            address.getHostString(),
            address.getPort(),
            "http", // how we speak to proxies
            request.uri().toURL());
    return () -> answer(proxy, address, requestor.ask(asked, basic));
  }

  private static void answer(Side side, Object place, String header) {
    side.questions++;
    side.place = place;
    side.answer = header;
    side.cached = null;
  }

  private static @Nullable Challenge basic(HttpHeaders response, String name, int status)
      throws IOException {
    List<String> fields = response.allValues(name);
    if (fields.isEmpty()) {
      throw new IOException("response " + status + " must have a " + name + ", had none");
    }
    for (Challenge challenge : Challenge.parse(fields)) {
      if (challenge.isBasic()) {
        return challenge;
      }
    }
    return null;
  }

  private static void checkRetries(Side side) throws IOException {
    if (side.questions > MAX_RETRIES) {
      throw new IOException(
          "too many authentication attempts: still refused after " + MAX_RETRIES + " retries");
    }
  }

  /** For whom credentials are wanted. */
  private record Requestor(RequestorType type, String host, int port, String protocol, URL url) {
    String ask(Authenticator authenticator, Challenge challenge) throws IOException {
      String scheme = challenge.scheme().toLowerCase(Locale.ROOT); // as the JDK's client says it
      PasswordAuthentication password;
      try {
        password =
            authenticator.requestPasswordAuthenticationInstance(
                host, null, port, protocol, challenge.realm(), scheme, url, type);
      } catch (RuntimeException failed) {
        throw new IOException("authenticator failed: " + failed, failed);
      }
      if (password == null) {
        throw new IOException("no credentials provided for " + host);
      }
      return basic(password, challenge.isUtf8());
    }
  }

  /**
   * The value of the field. Without a charset in the challenge it is Latin-1, as the JDK's client
   * has it, unless that lacks a character: then it would be wrong for sure.
   *
   * @throws IOException if there is no name, or one with a colon, which would end it (RFC 7617, 2)
   */
  static String basic(PasswordAuthentication password, boolean utf8) throws IOException {
    String name = password.getUserName();
    if (name == null || name.indexOf(':') >= 0) {
      throw new IOException(
          "user name for Basic authentication must be there and have no colon, was "
              + (name == null ? "not there" : "one with a colon"));
    }
    String pair = name + ':' + CharBuffer.wrap(password.getPassword());
    Charset charset =
        !utf8 && StandardCharsets.ISO_8859_1.newEncoder().canEncode(pair)
            ? StandardCharsets.ISO_8859_1
            : StandardCharsets.UTF_8;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(charset));
  }
}
