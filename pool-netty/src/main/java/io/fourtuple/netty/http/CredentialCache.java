package io.fourtuple.netty.http;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that were accepted, to be sent without being asked for: to a server for all paths in
 * the folder of the one that asked (RFC 7617, 2.2), to a proxy always. Thread-safe, and bounded:
 * what is forgotten is asked for again.
 */
final class CredentialCache {
  /** Of one client. */
  static final int MAX_PLACES = 1_000;

  /** Of one origin. */
  static final int MAX_FOLDERS = 32;

  private final Map<Object, List<Entry>> places = new ConcurrentHashMap<>(); // Origin or proxy

  /** Credentials and where they hold. Equal to itself only. */
  static final class Entry {
    private final String folder; // ends with a slash; empty for a proxy
    private final String header; // the value of the field that carries them

    private Entry(String folder, String header) {
      this.folder = folder;
      this.header = header;
    }

    String header() {
      return header;
    }
  }

  /** Those of the innermost folder that the URI's path is in. */
  @Nullable Entry find(URI uri) {
    if (places.isEmpty()) {
      return null;
    }
    List<Entry> entries = places.get(Origin.of(uri));
    return entries == null ? null : innermost(entries, path(uri));
  }

  @Nullable Entry find(InetSocketAddress proxy) {
    List<Entry> entries = places.get(key(proxy));
    return entries == null ? null : innermost(entries, "");
  }

  private static @Nullable Entry innermost(List<Entry> entries, String path) {
    Entry best = null;
    for (Entry entry : entries) {
      if (path.startsWith(entry.folder)
          && (best == null || entry.folder.length() > best.folder.length())) {
        best = entry;
      }
    }
    return best;
  }

  void store(URI uri, String header) {
    String path = path(uri);
    store(Origin.of(uri), new Entry(path.substring(0, path.lastIndexOf('/') + 1), header));
  }

  void store(InetSocketAddress proxy, String header) {
    store(key(proxy), new Entry("", header));
  }

  private void store(Object place, Entry entry) {
    if (places.size() >= MAX_PLACES && !places.containsKey(place)) {
      places.keySet().stream().findAny().ifPresent(places::remove);
    }
    places.merge(place, List.of(entry), (old, one) -> added(old, entry));
  }

  private static List<Entry> added(List<Entry> old, Entry entry) {
    List<Entry> entries = new ArrayList<>(old);
    entries.removeIf(other -> other.folder.equals(entry.folder));
    if (entries.size() >= MAX_FOLDERS) {
      entries.remove(0);
    }
    entries.add(entry);
    return List.copyOf(entries);
  }

  /** Forgets an entry that was refused, but not what somebody has put in its place. */
  void remove(URI uri, Entry entry) {
    remove(Origin.of(uri), entry);
  }

  void remove(InetSocketAddress proxy, Entry entry) {
    remove(key(proxy), entry);
  }

  private void remove(Object place, Entry entry) {
    places.computeIfPresent(
        place,
        (same, old) -> {
          List<Entry> entries = new ArrayList<>(old);
          entries.remove(entry);
          return entries.isEmpty() ? null : List.copyOf(entries);
        });
  }

  private static String key(InetSocketAddress proxy) {
    return proxy.getHostString().toLowerCase(Locale.ROOT) + ":" + proxy.getPort();
  }

  private static String path(URI uri) {
    String path = uri.normalize().getRawPath();
    return path.isEmpty() ? "/" : path;
  }
}
