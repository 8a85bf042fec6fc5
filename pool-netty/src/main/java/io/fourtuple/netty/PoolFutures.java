package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.util.concurrent.RejectedExecutionException;

/** Health checks, which may be answered on any thread. */
final class PoolFutures {
  private PoolFutures() {}

  /** Runs something on the channel's loop, where this is called, once the future is done. */
  static void whenDone(Future<Boolean> future, Channel channel, Runnable then) {
    if (future.isDone()) {
      then.run();
      return;
    }
    future.addListener(
        (FutureListener<Boolean>)
            done -> {
              if (channel.eventLoop().inEventLoop()) {
                then.run();
                return;
              }
              try {
                channel.eventLoop().execute(then);
              } catch (RejectedExecutionException shutDown) {
                then.run(); // nobody else is there any more
              }
            });
  }

  static boolean isTrue(Future<Boolean> future) {
    return future.isSuccess() && Boolean.TRUE.equals(future.getNow());
  }
}
