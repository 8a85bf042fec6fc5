package io.fourtuple.examples.command;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ChannelLoopTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** Netty alone leaves the listener open where the loop is asked to end while it runs tasks. */
  @Test
  @Timeout(30)
  void whatItListensOnIsFreeOnceItIsClosed() throws Exception {
    ChannelLoop loop = new ChannelLoop();
    Channel listener = loop.listen(ANY_PORT, pipeline -> {});
    SocketAddress address = listener.localAddress();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    loop.group()
        .execute(
            () -> {
              running.countDown();
              untilClosing(closing);
            });
    running.await();

    Thread closer = new Thread(loop::close);
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    closing.countDown();
    closer.join();

    assertFalse(listener.isOpen());
    try (ServerSocket next = new ServerSocket()) {
      next.bind(address);
    }
  }

  private static void untilClosing(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
