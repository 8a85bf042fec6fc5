package io.fourtuple.netty.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Requests of the JDK's builder and of others, for tests. */
final class Requests {
  private Requests() {}

  static CheckedRequest get(String uri, String... headers) {
    return of("GET", uri, headers);
  }

  static CheckedRequest of(String method, String uri, String... headers) {
    return RequestCheck.check(
        builder(uri, headers).method(method, HttpRequest.BodyPublishers.noBody()).build());
  }

  static CheckedRequest post(String uri, String body, String... headers) {
    return RequestCheck.check(
        builder(uri, headers).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private static HttpRequest.Builder builder(String uri, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(uri));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  static HttpHeaders headers(String... namesAndValues) {
    Map<String, List<String>> map = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.computeIfAbsent(namesAndValues[i], name -> new ArrayList<>()).add(namesAndValues[i + 1]);
    }
    return HttpHeaders.of(map, (name, value) -> true);
  }

  /** A request of a class that checks nothing. */
  static HttpRequest unchecked(String method, URI uri, HttpHeaders headers) {
    return new Unchecked(method, uri, headers, Optional.empty());
  }

  static HttpRequest unchecked(Duration timeout) {
    return new Unchecked("GET", URI.create("http://h/"), headers(), Optional.of(timeout));
  }

  private static final class Unchecked extends HttpRequest {
    private final String method;
    private final URI uri;
    private final HttpHeaders headers;
    private final Optional<Duration> timeout;

    Unchecked(String method, URI uri, HttpHeaders headers, Optional<Duration> timeout) {
      this.method = method;
      this.uri = uri;
      this.headers = headers;
      this.timeout = timeout;
    }

    @Override
    public Optional<BodyPublisher> bodyPublisher() {
      return Optional.empty();
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public Optional<Duration> timeout() {
      return timeout;
    }

    @Override
    public boolean expectContinue() {
      return false;
    }

    @Override
    public URI uri() {
      return uri;
    }

    @Override
    public Optional<HttpClient.Version> version() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return headers;
    }
  }
}
