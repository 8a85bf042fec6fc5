package io.fourtuple.netty.http;

import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The request that opens a WebSocket (RFC 6455, 4.1), and the check of its answer.
 *
 * @param uri as the user gave it
 * @param key of which the server is to show that it has read it
 * @param subprotocols those that were offered
 */
record OpeningHandshake(URI uri, CheckedRequest request, String key, Set<String> subprotocols) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KEY_BYTES = 16;
  private static final String VERSION = "13";

  /** RFC 6455, 1.3. */
  private static final String SUFFIX_OF_KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  /**
   * Makes one with a key of its own.
   *
   * @param headers names and values, in turn
   * @param timeout null for none
   * @throws IllegalArgumentException where anything must not be sent
   */
  static OpeningHandshake of(
      URI uri, List<String> headers, List<String> subprotocols, @Nullable Duration timeout) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(httpUri(uri)).version(HttpClient.Version.HTTP_1_1);
    if (timeout != null) {
      builder.timeout(timeout);
    }
    for (int i = 0; i < headers.size(); i += 2) {
      checkField(headers.get(i));
      builder.header(headers.get(i), headers.get(i + 1));
    }
    CheckedRequest checked = RequestCheck.check(builder.build());
    Set<String> offered = checked(subprotocols);
    byte[] random = new byte[KEY_BYTES];
    RANDOM.nextBytes(random);
    String key = Base64.getEncoder().encodeToString(random);
    CheckedRequest request =
        checked.to(checked.uri(), withOwn(checked.headers(), key, String.join(", ", offered)));
    return new OpeningHandshake(uri, request, key, offered);
  }

  private static URI httpUri(URI uri) {
    String scheme = uri.getScheme();
    if (!"ws".equalsIgnoreCase(scheme) && !"wss".equalsIgnoreCase(scheme)) {
      throw new IllegalArgumentException("scheme of URI must be ws or wss, was " + scheme);
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "URI must have no fragment, was one with #" + uri.getRawFragment());
    }
    URI httpUri = URI.create("http" + uri.toString().substring("ws".length()));
    RequestCheck.checkUri(httpUri);
    return httpUri;
  }

  private static void checkField(String name) {
    switch (name.toLowerCase(Locale.ROOT)) {
      case "sec-websocket-accept",
          "sec-websocket-extensions",
          "sec-websocket-key",
          "sec-websocket-protocol",
          "sec-websocket-version" ->
          throw new IllegalArgumentException(
              "name of a header must not be one of the opening handshake, was " + name);
      default -> {}
    }
  }

  private static Set<String> checked(List<String> subprotocols) {
    Set<String> offered = new LinkedHashSet<>();
    for (String subprotocol : subprotocols) {
      if (!RequestCheck.isToken(subprotocol)) {
        throw new IllegalArgumentException(
            "subprotocol must be a token of RFC 9110, was \"" + subprotocol + "\"");
      }
      if (!offered.add(subprotocol)) {
        throw new IllegalArgumentException(
            "subprotocols must differ from each other, was twice " + subprotocol);
      }
    }
    return offered;
  }

  private static HttpHeaders withOwn(HttpHeaders users, String key, String subprotocols) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(users.map());
    all.put("Upgrade", List.of("websocket"));
    all.put("Connection", List.of("Upgrade"));
    all.put("Sec-WebSocket-Key", List.of(key));
    all.put("Sec-WebSocket-Version", List.of(VERSION));
    if (!subprotocols.isEmpty()) {
      all.put("Sec-WebSocket-Protocol", List.of(subprotocols));
    }
    return HttpHeaders.of(all, (name, value) -> true);
  }

  // ---- the answer

  /**
   * Checks a response.
   *
   * @return the subprotocol that the server has chosen, empty for none
   * @throws ProtocolException where it does not open the WebSocket
   */
  String verify(ResponseHead response) throws ProtocolException {
    if (response.statusCode() != 101) {
      throw new ProtocolException("status must be 101, was " + response.statusCode());
    }
    HttpHeaders fields = response.headers();
    if (!tokens(fields, "Upgrade").equals(List.of("websocket"))) {
      throw wrong(fields, "Upgrade", "websocket");
    }
    if (!tokens(fields, "Connection").contains("upgrade")) {
      throw wrong(fields, "Connection", "Upgrade");
    }
    if (!fields.allValues("Sec-WebSocket-Accept").equals(List.of(accept(key)))) {
      throw wrong(fields, "Sec-WebSocket-Accept", accept(key));
    }
    if (!fields.allValues("Sec-WebSocket-Extensions").isEmpty()) {
      throw wrong(fields, "Sec-WebSocket-Extensions", "absent");
    }
    List<String> chosen = fields.allValues("Sec-WebSocket-Protocol");
    if (chosen.isEmpty()) {
      return "";
    }
    if (chosen.size() > 1 || !subprotocols.contains(chosen.get(0))) {
      throw wrong(fields, "Sec-WebSocket-Protocol", "one of " + subprotocols);
    }
    return chosen.get(0);
  }

  /** In lower case. */
  private static List<String> tokens(HttpHeaders fields, String name) {
    List<String> tokens = new ArrayList<>();
    for (String value : fields.allValues(name)) {
      Arrays.stream(value.split(",", -1))
          .map(token -> token.trim().toLowerCase(Locale.ROOT))
          .forEach(tokens::add);
    }
    return tokens;
  }

  private static ProtocolException wrong(HttpHeaders fields, String name, String rule) {
    return new ProtocolException(name + " must be " + rule + ", was " + fields.allValues(name));
  }

  /** What shows that the server has read the key. */
  static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((key + SUFFIX_OF_KEY).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 must be there in every JVM", e);
    }
  }
}
