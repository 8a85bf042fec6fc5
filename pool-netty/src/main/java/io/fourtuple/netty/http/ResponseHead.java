package io.fourtuple.netty.http;

import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The head of a response. Its headers are made when somebody asks for them. Thread-safe. */
final class ResponseHead implements ResponseInfo {
  private final int status;
  private final HttpClient.Version version;
  private final Iterable<Entry<CharSequence, CharSequence>> fields;
  private volatile @Nullable HttpHeaders headers;

  /**
   * @param fields those that were read, not to be changed any more; names that begin with a colon
   *     are left out
   */
  ResponseHead(
      int status, HttpClient.Version version, Iterable<Entry<CharSequence, CharSequence>> fields) {
    this.status = status;
    this.version = version;
    this.fields = fields;
  }

  @Override
  public int statusCode() {
    return status;
  }

  @Override
  public HttpHeaders headers() {
    HttpHeaders known = headers;
    if (known == null) {
      known = convert();
      headers = known;
    }
    return known;
  }

  @Override
  public HttpClient.Version version() {
    return version;
  }

  private HttpHeaders convert() {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Entry<CharSequence, CharSequence> field : fields) {
      String name = field.getKey().toString();
      if (name.charAt(0) != ':') {
        all.computeIfAbsent(name, first -> new ArrayList<>(1)).add(field.getValue().toString());
      }
    }
    return HttpHeaders.of(all, (name, value) -> true);
  }
}
