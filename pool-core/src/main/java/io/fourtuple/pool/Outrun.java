package io.fourtuple.pool;

/**
 * Whether an endpoint was slower than another one that was begun later. Then it is nobody's first
 * choice for a while; after that one connect at a time finds out. Needs the destination's lock.
 */
final class Outrun {
  private boolean isSo;
  private long until;

  boolean isSo(long now) {
    return isSo && until - now > 0;
  }

  /** It is, until that tick. */
  void by(long tick) {
    isSo = true;
    until = tick;
  }

  /** A connect finds out: others do not follow before that tick, unless it succeeds. */
  void connectBegins(long tick) {
    until = tick;
  }

  void connected() {
    isSo = false;
  }
}
