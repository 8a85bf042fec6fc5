package io.fourtuple.examples.bench;

/** A pool that is full of idle objects, for several threads. */
interface Contestant {
  /** What one thread does: asked for once per thread. */
  Caller caller();

  /** Ends what was begun for it. */
  default void end() throws Exception {}

  /** More threads than connections, and maybe than processors: somebody else has to finish. */
  @SuppressWarnings("ThreadPriorityCheck")
  static void letOthersRun() {
    Thread.yield();
  }

  /** Acquires, and releases; on one thread. */
  interface Caller {
    /**
     * Once.
     *
     * @return what was acquired, so that nothing can be optimised away
     */
    Object cycle() throws Exception;
  }
}
