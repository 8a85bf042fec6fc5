package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Lets a handshake end when its connect is out of time, before the event loop has heard of either:
 * the loop is held until the time-out is due, and then runs us and the time-out in one go.
 */
final class LateHandshake {
  private LateHandshake() {}

  /**
   * The server's end of a connect that is under way on a loop.
   *
   * @param silent does not accept until the connect is out of time
   * @param timeoutMillis of the connect, from its beginning
   */
  @SuppressWarnings("FutureReturnValueIgnored") // what it does is looked at
  static Socket atTheTimeOut(EventLoop loop, RawServer silent, int timeoutMillis) throws Exception {
    CompletableFuture<Socket> peer = new CompletableFuture<>();
    loop.execute(
        () -> {
          loop.schedule(() -> accept(silent, peer), 0, TimeUnit.NANOSECONDS);
          GlobalEventExecutor.INSTANCE
              .schedule(() -> {}, timeoutMillis, TimeUnit.MILLISECONDS)
              .awaitUninterruptibly();
        });
    return peer.get(20, TimeUnit.SECONDS);
  }

  private static void accept(RawServer silent, CompletableFuture<Socket> peer) {
    try {
      peer.complete(accepted(silent));
    } catch (Exception e) {
      peer.completeExceptionally(e);
    }
  }

  /** Not one of those that have filled the queue. */
  private static Socket accepted(RawServer silent) throws Exception {
    silent.beginToAccept();
    Socket peer = silent.next();
    while (peer.getInetAddress().equals(InetAddress.getByName("127.0.0.9"))) {
      peer = silent.next();
    }
    return peer;
  }
}
