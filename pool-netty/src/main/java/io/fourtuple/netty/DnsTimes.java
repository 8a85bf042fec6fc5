package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Learns for how long records may be used, which Netty tells its caches alone. Caches nothing, so
 * every question is asked in full. Belongs to one event loop.
 */
final class DnsTimes implements DnsCache, DnsCnameCache {
  private final Set<Question> open = new HashSet<>();

  /** One name that is asked for, and what its records say. */
  static final class Question {
    private final String host;
    private final Set<String> aliases = new HashSet<>();
    private long seconds = Integer.MAX_VALUE; // the longest that there is

    private Question(String host) {
      this.host = plain(host);
    }

    /** The shortest time of its records. */
    long seconds() {
      return seconds;
    }

    /** The name itself, in a search domain too, or one that it is an alias of. */
    private boolean isAbout(String name) {
      return name.equals(host) || name.startsWith(host + ".") || aliases.contains(name);
    }
  }

  Question begin(String host) {
    Question question = new Question(host);
    open.add(question);
    return question;
  }

  /** Returns whether it was open. */
  boolean end(Question question) {
    return open.remove(question);
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private void learn(String name, long seconds, @Nullable String alias) {
    for (Question question : open) {
      if (question.isAbout(plain(name))) {
        question.seconds = Math.min(question.seconds, seconds);
        if (alias != null) {
          question.aliases.add(plain(alias));
        }
      }
    }
  }

  @Override
  public DnsCacheEntry cache(
      String hostname,
      DnsRecord @Nullable [] additionals,
      InetAddress address,
      long originalTtl,
      EventLoop loop) {
    learn(hostname, originalTtl, null);
    return new Uncached(address, null);
  }

  @Override
  public DnsCacheEntry cache(
      String hostname, DnsRecord @Nullable [] additionals, Throwable cause, EventLoop loop) {
    return new Uncached(null, cause);
  }

  @Override
  public void cache(String hostname, String cname, long originalTtl, EventLoop loop) {
    learn(hostname, originalTtl, cname);
  }

  @Override
  public @Nullable List<? extends DnsCacheEntry> get(
      String hostname, DnsRecord @Nullable [] additionals) {
    return null;
  }

  @Override
  public @Nullable String get(String hostname) {
    return null;
  }

  @Override
  public void clear() {
    // nothing is kept
  }

  @Override
  public boolean clear(String hostname) {
    return false;
  }

  private record Uncached(@Nullable InetAddress address, @Nullable Throwable cause)
      implements DnsCacheEntry {}
}
