package io.fourtuple.netty.http;

/**
 * Whether a request whose connection was lost is sent again, on another one. A pooled connection
 * may have been closed by the server while the request was on its way to it.
 *
 * @param method the request's
 * @param canSendBody whether the body is there (still or again): there is none, nobody has
 *     subscribed to it, or {@link Bodies#isRepeatable} says so
 * @param progress how far the request has come
 * @param reused whether the connection has carried a request before this one
 * @param verdict what HTTP/2 says
 * @param retries how often it was sent again already, for this reason
 */
record Retry(
    String method,
    boolean canSendBody,
    Progress progress,
    boolean reused,
    Verdict verdict,
    int retries) {
  /** How far a request has come. */
  enum Progress {
    /** No byte of it was handed to the kernel. */
    NOTHING_WRITTEN,
    WRITTEN,
    /** A byte of a response was seen, an interim one included. */
    ANSWERED
  }

  /** What an HTTP/2 server has said about the request: RFC 9113, 8.7. */
  enum Verdict {
    /** Nothing, or it is not HTTP/2. */
    NONE,
    /** The stream was reset with REFUSED_STREAM. */
    REFUSED_STREAM,
    /** The stream's id is above the last one of a GOAWAY. */
    ABOVE_GOAWAY
  }

  /** Where the server may have done something about it: on a third connection it fails. */
  static final int MAX_IN_DOUBT = 1;

  /**
   * Where it surely has not. A server that ends connections after a number of requests refuses, in
   * a burst, a part of the streams of each: nginx, 28 of 128 at 100 requests for a connection, so
   * that one request in twenty meets that twice.
   */
  static final int MAX_UNPROCESSED = 4;

  boolean isAllowed() {
    if (!canSendBody || progress == Progress.ANSWERED) {
      return false;
    }
    if (progress == Progress.NOTHING_WRITTEN || verdict != Verdict.NONE) {
      return retries < MAX_UNPROCESSED;
    }
    // On a new connection it was not staleness: the request itself may be the cause.
    return retries < MAX_IN_DOUBT && reused && isIdempotent(method);
  }

  /** RFC 9110, 9.2.2. */
  static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }
}
