package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.channel.ChannelException;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnLoopsTest {
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicInteger destroyed = new AtomicInteger();

  /** With Netty's own quiet period a loop goes round some twenty times before it ends. */
  @Test
  void whereALoopCannotBeMadeTheOthersEndWithoutAPause() {
    IoHandlerFactory oneFile =
        executor -> {
          if (made.getAndIncrement() > 0) {
            throw new ChannelException("Too many open files");
          }
          return new Handler();
        };

    assertThatIllegalStateException()
        .isThrownBy(() -> new OwnLoops(new DefaultThreadFactory("own", true), oneFile))
        .withMessage("failed to create a child event loop")
        .withRootCauseInstanceOf(ChannelException.class);
    assertThat(made).hasValue(2);
    assertThat(destroyed).hasValue(1);
    assertThat(rounds).hasValueLessThan(5);
  }

  private final class Handler implements IoHandler {
    @Override
    public int run(IoHandlerContext context) {
      rounds.incrementAndGet();
      return 0;
    }

    @Override
    public void destroy() {
      destroyed.incrementAndGet();
    }

    @Override
    public IoRegistration register(IoHandle handle) {
      throw new AssertionError("nothing is registered");
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handle) {
      return true;
    }
  }
}
