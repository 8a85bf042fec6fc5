package io.fourtuple.examples.gateway;

import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.NameResolutionException;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why the gateway answers in an upstream's place.
 *
 * @param reason for the access log; the client gets no more than the status, since addresses and
 *     numbers of ports are none of its business
 * @param retryAfter when it is known to be worth another try; null where nobody knows
 */
record Refusal(HttpResponseStatus status, String reason, @Nullable Duration retryAfter) {
  static final Refusal NO_ROUTE = new Refusal(HttpResponseStatus.NOT_FOUND, "no route", null);
  static final Refusal LATE =
      new Refusal(HttpResponseStatus.GATEWAY_TIMEOUT, "no response in time", null);
  static final Refusal CLIENT_LATE =
      new Refusal(HttpResponseStatus.REQUEST_TIMEOUT, "the client has stalled", null);

  /** There is no connection. */
  static Refusal ofAcquire(IOException why) {
    String reason = String.valueOf(why.getMessage());
    if (why instanceof ConnectFailedException || why instanceof NameResolutionException) {
      return new Refusal(HttpResponseStatus.BAD_GATEWAY, reason, null);
    }
    // Only what the ledger knows from expiries is promised.
    Duration retryAfter =
        why instanceof PortsExhaustedException ports ? ports.retryAfter().orElse(null) : null;
    return new Refusal(HttpResponseStatus.SERVICE_UNAVAILABLE, reason, retryAfter);
  }

  /** The upstream has failed in the middle of it. */
  static Refusal ofUpstream(Throwable why) {
    return new Refusal(HttpResponseStatus.BAD_GATEWAY, why.toString(), null);
  }

  /** The request is none. */
  static Refusal ofRequest(Throwable why) {
    HttpResponseStatus status =
        why instanceof TooLongHttpLineException
            ? HttpResponseStatus.REQUEST_URI_TOO_LONG
            : why instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    return new Refusal(status, String.valueOf(why.getMessage()), null);
  }

  /**
   * What the client gets.
   *
   * @param closes whether its connection ends with it
   */
  FullHttpResponse response(boolean closes) {
    byte[] text = (status + "\n").getBytes(StandardCharsets.US_ASCII);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(text));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, text.length);
    if (retryAfter != null) {
      long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds(); // rounded up
      response.headers().set(HttpHeaderNames.RETRY_AFTER, seconds);
    }
    if (closes) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return response;
  }
}
