package io.fourtuple.netty.http;

/** What a request's header field is to the client: most are nothing but passed on. */
enum FieldKind {
  ORDINARY,
  AUTHORIZATION,
  /** Of one connection only; RFC 9113, 8.2.2 forbids them in HTTP/2. */
  CONNECTION,
  CONTENT_LENGTH,
  /** Describes the content, and goes with it (RFC 9110, 15.4). */
  CONTENT_METADATA,
  COOKIE,
  EXPECT,
  HOST,
  PROXY_AUTHORIZATION,
  /** Another that begins with {@code Proxy-}: for a proxy's eyes only. */
  PROXY,
  /** Says what led to the request, and is void at another origin. */
  PROVENANCE,
  TE,
  TRANSFER_ENCODING,
  USER_AGENT;

  private static final String PROXY_PREFIX = "proxy-";

  /** The kind of a field, whatever the case of its name. */
  static FieldKind of(String name) {
    // It is done for each field of each request: by the first letter, then by the whole name.
    return switch (name.charAt(0) | 0x20) {
      case 'a' -> is(name, "authorization", AUTHORIZATION);
      case 'c' -> ofC(name);
      case 'd' -> is(name, "digest", CONTENT_METADATA);
      case 'e' -> is(name, "expect", EXPECT);
      case 'h' ->
          name.length() == 4 ? is(name, "host", HOST) : is(name, "http2-settings", CONNECTION);
      case 'k' -> is(name, "keep-alive", CONNECTION);
      case 'l' -> is(name, "last-modified", CONTENT_METADATA);
      case 'o' -> is(name, "origin", PROVENANCE);
      case 'p' -> ofProxy(name);
      case 'r' -> is(name, "referer", PROVENANCE);
      case 't' ->
          name.length() == 2
              ? is(name, "te", TE)
              : is(name, "transfer-encoding", TRANSFER_ENCODING);
      case 'u' ->
          name.length() == 7 ? is(name, "upgrade", CONNECTION) : is(name, "user-agent", USER_AGENT);
      default -> ORDINARY;
    };
  }

  private static FieldKind ofC(String name) {
    return switch (name.length()) {
      case 6 -> is(name, "cookie", COOKIE);
      case 10 -> is(name, "connection", CONNECTION);
      case 12 -> is(name, "content-type", CONTENT_METADATA);
      case 14 -> is(name, "content-length", CONTENT_LENGTH);
      case 16 -> ofContent(name);
      default -> ORDINARY;
    };
  }

  private static FieldKind ofContent(String name) {
    return name.equalsIgnoreCase("content-encoding")
            || name.equalsIgnoreCase("content-language")
            || name.equalsIgnoreCase("content-location")
        ? CONTENT_METADATA
        : ORDINARY;
  }

  private static FieldKind ofProxy(String name) {
    if (name.equalsIgnoreCase("proxy-authorization")) {
      return PROXY_AUTHORIZATION;
    }
    return name.length() > PROXY_PREFIX.length()
            && name.regionMatches(true, 0, PROXY_PREFIX, 0, PROXY_PREFIX.length())
        ? PROXY
        : ORDINARY;
  }

  private static FieldKind is(String name, String known, FieldKind kind) {
    return name.equalsIgnoreCase(known) ? kind : ORDINARY;
  }
}
