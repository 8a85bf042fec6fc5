package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.CredentialCache.Entry;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CredentialCacheTest {
  private final CredentialCache cache = new CredentialCache();

  @ParameterizedTest
  @CsvSource({
    "http://h/a/b, http://h/a/b, true",
    "http://h/a/b, http://H:80/a/c/d?q, true",
    "http://h/a/b, http://h/a/, true",
    "http://h/a/b, http://h/a, false",
    "http://h/a/b, http://h/, false",
    "http://h/a/b, http://h/ab/c, false",
    "http://h/a/b, http://h/a/../c, false",
    "http://h/a/b, http://h/c/../a/d, true",
    "http://h/a/b, https://h/a/b, false",
    "http://h/a/b, http://h:81/a/b, false",
    "http://h/a/b, http://g/a/b, false",
    "http://h/a/b/, http://h/a/b, false",
    "http://h, http://h/x/y, true",
    "http://h/x, http://h, true",
    "http://h?q, http://h/x, true"
  })
  void theyHoldInTheFolder(URI stored, URI wanted, boolean found) {
    cache.store(stored, "A");
    assertThat(cache.find(wanted) != null).isEqualTo(found);
  }

  @Test
  void theInnermostFolderCounts() {
    cache.store(URI.create("http://h/a/b/x"), "inner");
    cache.store(URI.create("http://h/"), "outer");
    assertThat(header("http://h/a/b/c")).isEqualTo("inner");
    assertThat(header("http://h/a/x")).isEqualTo("outer");
  }

  @Test
  void theLatestCounts() {
    cache.store(URI.create("http://h/a"), "old");
    cache.store(URI.create("http://h/b"), "new");
    assertThat(header("http://h/a")).isEqualTo("new");
  }

  @Test
  void onlyWhatWasRefusedIsForgotten() {
    URI uri = URI.create("http://h/");
    cache.store(uri, "old");
    Entry refused = cache.find(uri);
    cache.store(uri, "old");
    cache.remove(uri, refused);
    assertThat(header("http://h/")).isEqualTo("old"); // somebody else's success
    cache.remove(uri, cache.find(uri));
    assertThat(cache.find(uri)).isNull();
    cache.remove(uri, refused);
    assertThat(cache.find(uri)).isNull();
  }

  @Test
  void proxiesAreKnownByHostAndPort() {
    InetSocketAddress proxy = InetSocketAddress.createUnresolved("Proxy", 1);
    cache.store(proxy, "P");
    assertThat(cache.find(InetSocketAddress.createUnresolved("proxy", 1)).header()).isEqualTo("P");
    assertThat(cache.find(InetSocketAddress.createUnresolved("proxy", 2))).isNull();
    assertThat(cache.find(URI.create("http://proxy:1/"))).isNull();
    cache.remove(proxy, cache.find(proxy));
    assertThat(cache.find(proxy)).isNull();
  }

  @Test
  void itIsBounded() {
    for (int i = 0; i <= CredentialCache.MAX_FOLDERS; i++) {
      cache.store(URI.create("http://h/" + i + "/"), "A");
    }
    assertThat(cache.find(URI.create("http://h/0/"))).isNull();
    assertThat(cache.find(URI.create("http://h/1/"))).isNotNull();
    for (int i = 0; i < 2 * CredentialCache.MAX_PLACES; i++) {
      cache.store(URI.create("http://h" + i + "/"), "A");
    }
    long known =
        IntStream.range(0, 2 * CredentialCache.MAX_PLACES)
            .filter(i -> cache.find(URI.create("http://h" + i + "/")) != null)
            .count();
    assertThat(known).isBetween(CredentialCache.MAX_PLACES - 1L, (long) CredentialCache.MAX_PLACES);
  }

  private String header(String uri) {
    return cache.find(URI.create(uri)).header();
  }
}
