package io.fourtuple.port;

import java.util.OptionalLong;

/**
 * Somebody who keeps idle connections and gives them up when their ports are wanted elsewhere: a
 * pool. Implementations must be thread-safe; the ledger calls them without holding a lock.
 */
public interface IdleHolder {
  /** Since which tick the longest idle connection on {@code route} idles; empty for none. */
  OptionalLong idleSince(Route route);

  /**
   * Begins to close the longest idle connection on {@code route}.
   *
   * @return whether there was one
   */
  boolean giveUp(Route route);

  /**
   * The kernel has said that the address of {@code source} is not on this host: connections from
   * there are dead, or will be. Told once until a connect from there works. This and {@link
   * #sourceBack} are told in the order in which it happened, one at a time.
   */
  default void sourceGone(SourceAddress source) {}

  /** A connect from a source that was gone has worked. */
  default void sourceBack(SourceAddress source) {}

  /**
   * The address of {@code source} is on this host now, or is again; where it was gone, {@link
   * #sourceBack} follows when a connect has worked. Who waits for ports may have more to wait for.
   */
  default void sourceAdded(SourceAddress source) {}

  /**
   * The ledger keeps nothing about {@code source} any more, not even that it was gone: nobody uses
   * it.
   */
  default void sourceForgotten(SourceAddress source) {}
}
