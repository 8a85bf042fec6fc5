package io.fourtuple.port;

import java.util.HashMap;
import java.util.Map;

/**
 * Ports that somebody else holds, for every destination: of one source, or of the whole host. Each
 * is left alone for a while, longer every time that it is met again. Needs the ledger's lock.
 */
final class ForeignPorts {
  private static final long FIRST_PAUSE_MILLIS = 1_000;
  private static final long LONGEST_PAUSE_MILLIS = 64_000;

  /** After this time without a meeting the next one counts as the first. */
  private static final long FORGET_MILLIS = 600_000;

  private final Map<Integer, Block> blocks = new HashMap<>();

  private record Block(long until, int meetings) {}

  /** Until when the port is left alone; 0 where it is not. */
  long until(int port, long now) {
    Block block = blocks.isEmpty() ? null : blocks.get(port);
    return block == null || block.until <= now ? 0 : block.until;
  }

  /** Notes that the kernel has refused the port, and returns until when it is left alone. */
  long met(int port, long now) {
    Block before = blocks.getOrDefault(port, new Block(now, 0));
    long pause =
        Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(16, before.meetings));
    Block block = new Block(now + pause, before.meetings + 1);
    blocks.put(port, block);
    return block.until;
  }

  /** Notes that the kernel's table shows a holder, who was there at {@code seen}. */
  void shown(int port, long seen) {
    Block before = blocks.getOrDefault(port, new Block(seen, 0));
    blocks.put(port, new Block(seen + LONGEST_PAUSE_MILLIS, before.meetings));
  }

  /** A connect has worked on the port: it is nobody else's. */
  void worked(int port) {
    if (!blocks.isEmpty()) {
      blocks.remove(port);
    }
  }

  void prune(long now) {
    blocks.values().removeIf(block -> now - block.until > FORGET_MILLIS);
  }
}
