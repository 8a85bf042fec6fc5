package io.fourtuple.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Netty's group, which fails without a pause where one of its loops cannot be made, because no file
 * is left, say. Netty ends those that were made before, and waits for their ends inside of the
 * constructor: two seconds for the quiet period, on the thread of whoever wants a connection.
 */
final class OwnLoops extends MultiThreadIoEventLoopGroup {
  private static final int MOST_SECONDS = 15; // as Netty

  OwnLoops(ThreadFactory threads, IoHandlerFactory handlers) {
    super(threads, handlers);
  }

  @Override
  protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... none) {
    return new SingleThreadIoEventLoop(this, executor, handlers) {
      /** What the constructor calls; nobody has used the loop. */
      @Override
      public Future<?> shutdownGracefully() {
        return shutdownGracefully(0, MOST_SECONDS, TimeUnit.SECONDS);
      }
    };
  }
}
