package io.fourtuple.netty;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/** How a {@link SoakBackEnd} treats those that ask it to answer and to stay. */
@SuppressWarnings("FutureReturnValueIgnored") // What the client sees is what counts.
enum BackEndMood {
  /** Does. */
  HONEST,
  /** Does, but not soon. */
  SLOW {
    @Override
    void answer(Channel channel, Runnable answer) {
      channel.eventLoop().schedule(answer, SLOW_MILLIS, TimeUnit.MILLISECONDS);
    }
  },
  /** Accepts nothing and reads nothing, as a process that is stopped; the kernel connects. */
  DEAF,
  /** Answers, and closes at once. */
  CLOSES {
    @Override
    void answered(Channel channel) {
      channel.close();
    }
  },
  /** Answers, and closes a little later, when the connection is idle or in use again. */
  CLOSES_LATER {
    @Override
    void answered(Channel channel) {
      channel.eventLoop().schedule(() -> channel.close(), LATER_MILLIS, TimeUnit.MILLISECONDS);
    }
  },
  /** Answers, and resets at once. */
  RESETS {
    @Override
    void answered(Channel channel) {
      SoakBackEnd.reset(channel);
    }
  };

  private static final int SLOW_MILLIS = 150;
  private static final int LATER_MILLIS = 15;

  boolean reads() {
    return this != DEAF;
  }

  /** Has {@code answer} run, now or later. */
  void answer(Channel channel, Runnable answer) {
    answer.run();
  }

  /** The answer was written. */
  void answered(Channel channel) {}
}
