package io.fourtuple.examples.clients;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** What its users do with a framework that has a {@code java.net.http} client inside. */
interface Framework extends AutoCloseable {
  String get(String uri) throws Exception;

  /** Posts a text, and returns that of the answer. */
  String post(String uri, String text) throws Exception;

  /** As a stream that can be read while the rest is still to come. */
  InputStream download(String uri) throws Exception;

  /** Asynchronously, where the framework knows that; else on a thread that waits. */
  default CompletableFuture<String> getLater(String uri, Executor threads) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return get(uri);
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        threads);
  }

  /** How many requests it has counted, failed ones too; -1 where it does not count. */
  default long measured() {
    return -1;
  }

  @Override
  default void close() {}
}
