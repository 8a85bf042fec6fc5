package io.fourtuple.netty;

import java.io.IOException;

/**
 * What may happen on a bad day: first what back ends do, then the rest. Each end undoes its
 * beginning, and may be asked for twice.
 */
enum ChaosKind {
  /** The back end resets all, and listens no more for a time. */
  KILLED(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).kill();
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.backEnd(event).restart();
    }
  },
  /** The back end accepts nothing and reads nothing; its kernel goes on. */
  PAUSED(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.DEAF);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.HONEST);
    }
  },
  /** The back end resets all its connections. */
  RESET(0, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).resetAll();
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {}
  },
  /** Nothing comes through, either way, and when it does the back end knows nobody any more. */
  FORGOTTEN(3_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.network.drop(lane.backEndAddress(event));
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.backEnd(event).resetAll(); // which nobody hears
      lane.network.deliver(lane.backEndAddress(event));
    }
  },
  /** The back end takes its time. */
  SLOW(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.SLOW);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.HONEST);
    }
  },
  /** The back end says that it stays, and closes right after the answer. */
  CLOSES_AT_ONCE(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.CLOSES);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.HONEST);
    }
  },
  /** The back end says that it stays, and closes while the connection is idle, or used again. */
  CLOSES_WHEN_IDLE(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.CLOSES_LATER);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.HONEST);
    }
  },
  /** The back end answers, and resets. */
  RESETS_AFTER_ANSWER(2_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.RESETS);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.backEnd(event).mood(BackEndMood.HONEST);
    }
  },
  /** An address of ours is taken away, and comes back. */
  SOURCE_REMOVED(3_000, ChaosLane.SOURCES) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.network.remove(lane.source(event));
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.network.add(lane.source(event));
    }
  },
  /** A neighbour takes what it can of our ports. */
  PORTS_TAKEN(2_000, ChaosLane.SOURCES) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.neighbour.take(lane.source(event));
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.neighbour.giveBack(lane.source(event));
    }
  },
  /** The name stands for all back ends but one. */
  NAME_CHANGED(3_000, ChaosLane.BACK_ENDS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.names.changeToAllBut(event.part());
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.names.changeBack();
    }
  },
  /** Nobody knows what the name stands for. */
  NAME_UNKNOWN(2_000, 1) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.names.fail();
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.names.recover();
    }
  },
  /** The process may open a few more files, or none. */
  FILES_SHORT(700, 4) {
    @Override
    boolean isForAll() {
      return true;
    }

    @Override
    void begin(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.network.files.takeAllBut(event.part());
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) throws IOException {
      lane.network.files.giveBack();
    }
  },
  /** The event loop of some connection does something else for some 100 ms. */
  LOOP_BLOCKED(400, 2) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.blockLoop(event);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.unblockLoop(event);
    }
  },
  /** The ticker is some seconds ahead at once: timers are late, deadlines are over. */
  CLOCK_JUMPED(0, ChaosClock.JUMPS) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.clock.jump(event.part());
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {}
  },
  /** Whoever can changes their mind. */
  CALLERS_CANCEL(1_000, 1) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.callers.cancel(SoakCallers.Cancelling.ALL);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {
      lane.callers.cancel(SoakCallers.Cancelling.SOME);
    }
  },
  /** The pool is closed with all that it does, and another one takes its place. */
  POOL_REOPENED(0, 4) {
    @Override
    void begin(ChaosLane lane, ChaosEvent event) {
      lane.reopen(event);
    }

    @Override
    void end(ChaosLane lane, ChaosEvent event) {}
  };

  /** The longest that a plan lets it last. */
  final int mostMillis;

  /** To how many different things of a lane it may happen, or in how many ways. */
  final int parts;

  ChaosKind(int mostMillis, int parts) {
    this.mostMillis = mostMillis;
    this.parts = parts;
  }

  /** Whether it happens to all lanes at once. */
  boolean isForAll() {
    return false;
  }

  boolean isOfBackEnd() {
    return ordinal() <= RESETS_AFTER_ANSWER.ordinal();
  }

  abstract void begin(ChaosLane lane, ChaosEvent event) throws IOException;

  abstract void end(ChaosLane lane, ChaosEvent event) throws IOException;
}
