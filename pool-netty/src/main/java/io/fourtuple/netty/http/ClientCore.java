package io.fourtuple.netty.http;

import io.fourtuple.pool.ConnectionPool;
import io.netty.channel.Channel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** What the calls of a client have in common. Thread-safe. */
final class ClientCore {
  private final ClientSettings settings;
  private final ConnectionPool<Channel> pool;
  private final Executor executor;
  private final CredentialCache credentials = new CredentialCache();
  private final KnownOrigins origins;
  private final Operations operations = new Operations();

  ClientCore(ClientSettings settings, ConnectionPool<Channel> pool, Executor executor) {
    this.settings = settings;
    this.pool = pool;
    this.executor = executor;
    this.origins = new KnownOrigins(settings.proxySelector());
  }

  ClientSettings settings() {
    return settings;
  }

  ConnectionPool<Channel> pool() {
    return pool;
  }

  Executor executor() {
    return executor;
  }

  long now() {
    return pool.ticker().read();
  }

  Operations operations() {
    return operations;
  }

  KnownOrigins origins() {
    return origins;
  }

  /** Null where nobody could answer a challenge. */
  @Nullable Authentication newAuthentication() {
    return settings.authenticator() == null
        ? null
        : new Authentication(settings.authenticator(), credentials);
  }
}
