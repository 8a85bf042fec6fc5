package io.fourtuple.netty.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map.Entry;

/**
 * What a response says about the future of its connection.
 *
 * @param isReusable whether another request may follow at all
 * @param idle how long the connection may idle before that; {@link #FOREVER} if nothing is said
 */
record KeepAlive(boolean isReusable, Duration idle) {
  static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  /** A request on its way must not meet the close: that long, or half of a shorter time-out. */
  static final Duration MARGIN = Duration.ofSeconds(1);

  private static final KeepAlive UNLIMITED = new KeepAlive(true, FOREVER);
  static final KeepAlive CLOSE = new KeepAlive(false, Duration.ZERO);

  // Not HttpHeaderNames.KEEP_ALIVE and PROXY_CONNECTION, which are deprecated.
  private static final AsciiString FIELD = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

  /**
   * Persistence as of RFC 9112, 9.3: {@code close} counts in whatever way it is said, {@code
   * keep-alive} only for HTTP/1.0 and only in {@code Connection}. {@code Proxy-Connection} is no
   * standard; it can forbid reuse, not allow it. Limits as of RFC 2068, 19.7.1.1, which servers
   * have kept; those that cannot be read are none.
   *
   * @param isCloseDelimited whether the body ended with the connection
   */
  static KeepAlive of(HttpResponse response, boolean isCloseDelimited) {
    boolean closes = isCloseDelimited || response.status().code() == 101;
    boolean keeps = !response.protocolVersion().equals(HttpVersion.HTTP_1_0);
    boolean isLimited = false;
    // One look at each field is faster than to ask for the three by name.
    Iterator<Entry<CharSequence, CharSequence>> fields = response.headers().iteratorCharSequence();
    while (fields.hasNext()) {
      Entry<CharSequence, CharSequence> field = fields.next();
      CharSequence name = field.getKey();
      if (HttpHeaderNames.CONNECTION.contentEqualsIgnoreCase(name)) {
        String value = field.getValue().toString();
        closes |= hasWord(value, "close");
        keeps |= hasWord(value, "keep-alive");
      } else if (PROXY_CONNECTION.contentEqualsIgnoreCase(name)) {
        closes |= hasWord(field.getValue().toString(), "close");
      } else if (FIELD.contentEqualsIgnoreCase(name)) {
        isLimited = true;
      }
    }
    return closes || !keeps ? CLOSE : isLimited ? limits(response.headers()) : UNLIMITED;
  }

  /** Between commas, or what stands for them with those who do not know better. */
  private static boolean hasWord(String value, String word) {
    int length = word.length();
    for (int i = 0; i + length <= value.length(); i++) {
      if (value.regionMatches(true, i, word, 0, length)
          && (i == 0 || isBetweenWords(value.charAt(i - 1)))
          && (i + length == value.length() || isBetweenWords(value.charAt(i + length)))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBetweenWords(char character) {
    return character == ',' || character == ' ' || character == '\t' || character == ';';
  }

  private static KeepAlive limits(HttpHeaders headers) {
    long timeout = Long.MAX_VALUE;
    long uses = Long.MAX_VALUE; // any but 0: what comes last says so
    Iterator<String> values = headers.valueStringIterator(FIELD);
    while (values.hasNext()) {
      String value = values.next();
      timeout = Math.min(timeout, number(value, "timeout"));
      uses = Math.min(uses, number(value, "max"));
    }
    if (timeout == 0 || uses == 0) {
      return CLOSE;
    }
    Duration idle = timeout == Long.MAX_VALUE ? FOREVER : lessMargin(Duration.ofSeconds(timeout));
    return new KeepAlive(true, idle);
  }

  private static Duration lessMargin(Duration timeout) {
    Duration half = timeout.dividedBy(2);
    return timeout.minus(half.compareTo(MARGIN) < 0 ? half : MARGIN);
  }

  /** Of {@code name=number}, where both may be padded and the number quoted; else the largest. */
  private static long number(String value, String name) {
    for (String parameter : value.split("[,;]")) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase(name)) {
        return number(parameter.substring(equals + 1).replace('"', ' ').strip());
      }
    }
    return Long.MAX_VALUE;
  }

  private static long number(String digits) {
    if (digits.isEmpty() || digits.length() > 9) {
      return Long.MAX_VALUE;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return Long.MAX_VALUE;
      }
      number = number * 10 + digit - '0';
    }
    return number;
  }
}
