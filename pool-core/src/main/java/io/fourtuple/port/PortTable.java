package io.fourtuple.port;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * State and rest of each port of one route. Memory grows with what is not FREE: ports are kept in
 * chunks of {@value #CHUNK}, and a chunk exists from its first use until it is pruned. Not
 * thread-safe.
 */
final class PortTable {
  private static final int CHUNK = 256;
  private static final int WORDS = CHUNK / Long.SIZE;

  /** No ending is kept for a port. */
  private static final int NO_ENDING = 15;

  private static final Ending[] ENDINGS = Ending.values();

  private final PortLayout layout;
  private final @Nullable Chunk[] chunks;

  /** Chunks without an available port, as bits. */
  private final long[] full;

  PortTable(PortLayout layout) {
    this.layout = layout;
    this.chunks = new @Nullable Chunk[layout.chunkCount(CHUNK)];
    this.full = new long[(chunks.length + Long.SIZE - 1) / Long.SIZE];
  }

  /** {@value #CHUNK} ports. */
  private static final class Chunk {
    /** Low four bits: ordinal of the state. High four: ordinal of the ending, or NO_ENDING. */
    final byte[] states = new byte[CHUNK];

    /** Ports that cannot be reserved now, holes of the port set among them. */
    final long[] unavailable = new long[WORDS];

    /** See {@link PortTable#stamp}; made with the first one. */
    int @Nullable [] stamps;

    boolean isFull() {
      for (long word : unavailable) {
        if (word != -1) {
          return false;
        }
      }
      return true;
    }
  }

  boolean contains(int port) {
    return layout.contains(port);
  }

  PortState state(int port) {
    Chunk chunk = chunks[chunkOf(port)];
    return chunk == null ? PortState.FREE : PortState.of(chunk.states[bitOf(port)] & 15);
  }

  /** How the port's last use ended; null where that is not kept. */
  @Nullable Ending ending(int port) {
    Chunk chunk = chunks[chunkOf(port)];
    int ordinal = chunk == null ? NO_ENDING : chunk.states[bitOf(port)] >> 4 & 15;
    return ordinal == NO_ENDING ? null : ENDINGS[ordinal];
  }

  /** Low bits of the millisecond when the port's rest ends, or when it last was freed; 0: never. */
  int stamp(int port) {
    Chunk chunk = chunks[chunkOf(port)];
    return chunk == null || chunk.stamps == null ? 0 : chunk.stamps[bitOf(port)];
  }

  void stamp(int port, long millis) {
    Chunk chunk = made(chunkOf(port));
    if (chunk.stamps == null) {
      chunk.stamps = new int[CHUNK];
    }
    chunk.stamps[bitOf(port)] = stampOf(millis);
  }

  /** Whether a port that is or was FREE had been freed by us not long before {@code now}. */
  boolean wasFreedWithin(int port, long millis, long now) {
    int freed = stamp(port);
    return freed != 0 && (int) now - freed < millis;
  }

  /** A stamp that is never 0. */
  static int stampOf(long millis) {
    int low = (int) millis;
    return low == 0 ? 1 : low;
  }

  /** Writes a state. Only {@link RoutePorts} calls this, from the one place that makes moves. */
  void set(int port, PortState state, @Nullable Ending ending, boolean available) {
    int index = chunkOf(port);
    Chunk chunk = made(index);
    int bit = bitOf(port);
    int high = ending == null ? NO_ENDING : ending.ordinal();
    chunk.states[bit] = (byte) (high << 4 | state.ordinal());
    if (available) {
      chunk.unavailable[bit / Long.SIZE] &= ~(1L << bit);
      full[index / Long.SIZE] &= ~(1L << index);
    } else {
      chunk.unavailable[bit / Long.SIZE] |= 1L << bit;
      if (chunk.isFull()) {
        full[index / Long.SIZE] |= 1L << index;
      }
    }
  }

  boolean isAvailable(int port) {
    Chunk chunk = chunks[chunkOf(port)];
    int bit = bitOf(port);
    return chunk == null || (chunk.unavailable[bit / Long.SIZE] & 1L << bit) == 0;
  }

  /** The first available port at or after {@code from}, going round once; 0 for none. */
  int nextAvailable(int from) {
    int start = chunkOf(from);
    int found = inChunk(start, bitOf(from));
    // The last round looks at the part of the first chunk that lies before `from`.
    for (int i = 1; found == 0 && i <= chunks.length; i++) {
      int index = (start + i) % chunks.length;
      if ((full[index / Long.SIZE] & 1L << index) == 0) {
        found = inChunk(index, 0);
      }
    }
    return found;
  }

  private int inChunk(int index, int fromBit) {
    Chunk chunk = made(index);
    int word = fromBit / Long.SIZE;
    long open = ~chunk.unavailable[word] & -1L << fromBit;
    while (open == 0 && ++word < WORDS) {
      open = ~chunk.unavailable[word];
    }
    return open == 0
        ? 0
        : layout.first() + index * CHUNK + word * Long.SIZE + Long.numberOfTrailingZeros(open);
  }

  private Chunk made(int index) {
    Chunk chunk = chunks[index];
    if (chunk == null) {
      chunk = new Chunk();
      layout.copyHoles(index * CHUNK, chunk.unavailable);
      Arrays.fill(chunk.states, (byte) (NO_ENDING << 4));
      chunks[index] = chunk;
      if (chunk.isFull()) {
        full[index / Long.SIZE] |= 1L << index;
      }
    }
    return chunk;
  }

  /** What {@link #forEachUsed} visits. */
  @FunctionalInterface
  interface Visitor {
    void visit(int port, PortState state);
  }

  /** Visits all ports that are not FREE. The visitor may write their states. */
  void forEachUsed(Visitor visitor) {
    for (int index = 0; index < chunks.length; index++) {
      Chunk chunk = chunks[index];
      for (int bit = 0; chunk != null && bit < CHUNK; bit++) {
        PortState state = PortState.of(chunk.states[bit] & 15);
        if (state != PortState.FREE) {
          visitor.visit(layout.first() + index * CHUNK + bit, state);
        }
      }
    }
  }

  /**
   * Drops stamps of {@code millis} and before, but of ports that rest, and chunks that then hold
   * nothing. Stamps wrap around after 24 days: those that nobody drops would look new again.
   */
  void prune(long millis) {
    for (int index = 0; index < chunks.length; index++) {
      Chunk chunk = chunks[index];
      if (chunk != null && !holdsAnythingSince(chunk, (int) millis)) {
        chunks[index] = null;
      }
    }
  }

  private static boolean holdsAnythingSince(Chunk chunk, int millis) {
    boolean holds = false;
    for (int bit = 0; bit < CHUNK; bit++) {
      PortState state = PortState.of(chunk.states[bit] & 15);
      holds |= state != PortState.FREE;
      if (chunk.stamps != null && chunk.stamps[bit] != 0) {
        boolean isOld = chunk.stamps[bit] - millis <= 0;
        if (isOld && (state == PortState.FREE || state == PortState.ESTABLISHED)) {
          chunk.stamps[bit] = 0;
        } else {
          holds = true;
        }
      }
    }
    return holds;
  }

  private int chunkOf(int port) {
    return (port - layout.first()) / CHUNK;
  }

  private int bitOf(int port) {
    return (port - layout.first()) % CHUNK;
  }
}
