package io.fourtuple.netty.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent before the body, whatever the version of HTTP. A field that the user has set goes
 * before the client's own of that name, except for those that frame the body.
 *
 * @param request the request as the user made it
 * @param contentLength bytes of the body, 0 if there is none, less if unknown
 * @param receiver who reads it
 * @param cookies values for the Cookie field, from the cookie handler
 * @param authorization credentials for the server, null for none
 * @param proxyAuthorization credentials for a plain proxy, null for none; not sent to others
 * @param userAgent sent where the user has set none
 */
record RequestHead(
    CheckedRequest request,
    long contentLength,
    Receiver receiver,
    List<String> cookies,
    @Nullable String authorization,
    @Nullable String proxyAuthorization,
    CharSequence userAgent) {
  /** Who reads the head. */
  enum Receiver {
    /** The server, be it through a tunnel. */
    SERVER,
    /** A proxy that passes it on to the server. */
    PROXY
  }

  /** All that they would look for has been checked, in {@link RequestCheck}. */
  private static final DefaultHttpHeadersFactory HEADERS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  /** Takes fields, one after the other. */
  @FunctionalInterface
  interface Fields {
    void add(CharSequence name, CharSequence value);

    /** Has some. */
    @FunctionalInterface
    interface Source {
      void addTo(Fields fields);
    }
  }

  /** RFC 9112, as Netty has it. */
  HttpRequest http1() {
    HttpHeaders fields = HEADERS.newHeaders();
    http1(fields::add);
    return new DefaultHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.method()), target(), fields);
  }

  /** What the request line names. */
  String target() {
    return receiver == Receiver.PROXY
        ? Targets.absoluteForm(request.uri())
        : Targets.originForm(request.method(), request.uri());
  }

  /** The fields of RFC 9112. */
  void http1(Fields fields) {
    if (!request.has(FieldKind.HOST)) {
      fields.add(HttpHeaderNames.HOST, Targets.authority(request.uri()));
    }
    for (Map.Entry<String, List<String>> field : request.headers().map().entrySet()) {
      String name = field.getKey();
      FieldKind kind = FieldKind.of(name);
      if (isPassedOn(kind, field.getValue())) {
        for (String value : field.getValue()) {
          fields.add(name, value);
        }
      }
    }
    if (!request.has(FieldKind.USER_AGENT)) {
      fields.add(HttpHeaderNames.USER_AGENT, userAgent);
    }
    if (authorization != null && !request.has(FieldKind.AUTHORIZATION)) {
      fields.add(HttpHeaderNames.AUTHORIZATION, authorization);
    }
    if (proxyAuthorization != null && sendsProxyAuthorization()) {
      fields.add(HttpHeaderNames.PROXY_AUTHORIZATION, proxyAuthorization);
    }
    if (contentLength < 0) {
      fields.add(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (namesLength()) {
      fields.add(HttpHeaderNames.CONTENT_LENGTH, lengthField());
    }
    if (expectsContinue() && !request.has(FieldKind.EXPECT)) {
      fields.add(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE);
    }
    CharSequence cookie = cookie();
    if (cookie != null) {
      fields.add(HttpHeaderNames.COOKIE, cookie);
    }
  }

  /** RFC 9113, 8.3.1. Adds to {@code fields}, which must be empty. */
  void copyTo(Http2Headers fields) {
    fields.method(request.method());
    fields.scheme((Origin.isSecure(request.uri()) ? HttpScheme.HTTPS : HttpScheme.HTTP).name());
    fields.authority(
        request.has(FieldKind.HOST)
            ? request.headers().allValues("host").get(0)
            : Targets.authority(request.uri()));
    fields.path(Targets.originForm(request.method(), request.uri()));
    for (Map.Entry<String, List<String>> field : request.headers().map().entrySet()) {
      FieldKind kind = FieldKind.of(field.getKey());
      if (isPassedOn(kind, field.getValue()) && isForHttp2(kind, field.getValue())) {
        String name = field.getKey().toLowerCase(Locale.ROOT);
        for (String value : field.getValue()) {
          fields.add(name, value);
        }
      }
    }
    if (!request.has(FieldKind.USER_AGENT)) {
      fields.add(HttpHeaderNames.USER_AGENT, userAgent);
    }
    if (authorization != null && !request.has(FieldKind.AUTHORIZATION)) {
      fields.add(HttpHeaderNames.AUTHORIZATION, authorization);
    }
    if (proxyAuthorization != null && sendsProxyAuthorization()) {
      fields.add(HttpHeaderNames.PROXY_AUTHORIZATION, proxyAuthorization);
    }
    if (namesLength()) {
      fields.add(HttpHeaderNames.CONTENT_LENGTH, lengthField());
    }
    if (expectsContinue() && !request.has(FieldKind.EXPECT)) {
      fields.add(HttpHeaderNames.EXPECT, HttpHeaderValues.CONTINUE);
    }
    CharSequence cookie = cookie();
    if (cookie != null) {
      fields.add(HttpHeaderNames.COOKIE, cookie);
    }
  }

  /**
   * Whether the body waits for the server's word (RFC 9110, 10.1.1). Without a body there is
   * nothing to wait for, and nothing is asked.
   */
  boolean expectsContinue() {
    return request.expectContinue() && contentLength != 0;
  }

  /** Whether a field of the user's is sent as it is. */
  private boolean isPassedOn(FieldKind kind, List<String> values) {
    return switch (kind) {
      case COOKIE, TRANSFER_ENCODING -> false; // made anew
      case CONTENT_LENGTH -> {
        checkLength(values);
        yield false;
      }
      case PROXY, PROXY_AUTHORIZATION -> receiver == Receiver.PROXY;
      default -> true;
    };
  }

  private static boolean isForHttp2(FieldKind kind, List<String> values) {
    return switch (kind) {
      case CONNECTION, HOST -> false;
      case TE -> values.size() == 1 && values.get(0).equalsIgnoreCase("trailers");
      default -> true;
    };
  }

  /** Two lengths in one message are how requests are smuggled. */
  private void checkLength(List<String> values) {
    for (String value : values) {
      if (!value.equals(Long.toString(contentLength))) {
        throw new IllegalArgumentException(
            "header Content-Length must be the length of the body, "
                + (contentLength < 0 ? "which is unknown" : contentLength)
                + ", was "
                + value);
      }
    }
  }

  private boolean sendsProxyAuthorization() {
    return receiver == Receiver.PROXY && !request.has(FieldKind.PROXY_AUTHORIZATION);
  }

  /** RFC 9110, 8.6: an empty body is worth a word only where one would be expected. */
  private boolean namesLength() {
    return contentLength > 0 || (contentLength == 0 && !isUsuallyEmpty(request.method()));
  }

  private CharSequence lengthField() {
    return contentLength == 0
        ? HttpHeaderValues.ZERO
        : AsciiString.of(Long.toString(contentLength));
  }

  private static boolean isUsuallyEmpty(String method) {
    return switch (method) {
      case "GET", "HEAD", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  /** One field for all (RFC 6265, 5.4), the handler's before the user's, as the JDK does. */
  private @Nullable CharSequence cookie() {
    List<String> own =
        request.has(FieldKind.COOKIE) ? request.headers().allValues("cookie") : List.of();
    if (cookies.isEmpty() && own.isEmpty()) {
      return null;
    }
    StringBuilder all = new StringBuilder();
    join(all, cookies);
    join(all, own);
    return all.toString();
  }

  private static void join(StringBuilder all, List<String> values) {
    for (String value : values) {
      all.append(all.length() == 0 ? "" : "; ").append(value);
    }
  }

  /** Without the credentials, which must not get into a log. */
  @Override
  public String toString() {
    return request.toString();
  }
}
