package io.fourtuple.netty.http;

import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Finds what carries an exchange on a leased connection. */
final class Carriers {
  private Carriers() {}

  /**
   * Opens it, on the event loop.
   *
   * @param opened gets it, or null and why there is none; then the lease has ended
   */
  static void open(
      Lease<Channel> lease, BiConsumer<@Nullable Carrier, @Nullable Throwable> opened) {
    Channel channel = lease.connection();
    Http1Connection connection = Http1Connection.find(channel);
    if (connection != null) {
      opened.accept(connection, null);
      return;
    }
    Http2Connection multiplexed = Http2Connection.find(channel);
    if (multiplexed != null) {
      Http2Stream.open(lease, multiplexed.limits(), opened);
      return;
    }
    lease.discard();
    opened.accept(
        null,
        new IllegalStateException(
            "pool must have a connector with an HttpHandshake, its channel was " + channel));
  }
}
