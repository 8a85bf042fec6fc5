package io.fourtuple.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * When ports of one route have rested enough: a binary heap of (millisecond, port) pairs, packed
 * into longs so that a full route stays small. An entry whose port has gone other ways meanwhile is
 * stale; the owner knows, and skips it. Not thread-safe.
 */
final class ExpiryQueue {
  private static final int PORT_BITS = 16;

  /** Tells entries that still count from stale ones. */
  @FunctionalInterface
  interface Validity {
    boolean isValid(int port, long expiry);
  }

  private long[] heap = new long[4];
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The earliest expiry; only where not empty. */
  long expiry() {
    return heap[0] >> PORT_BITS;
  }

  /** The port of the earliest expiry; only where not empty. */
  int port() {
    return portOf(heap[0]);
  }

  private static int portOf(long entry) {
    return (int) (entry & 0xffff);
  }

  void add(long expiry, int port) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + Math.max(4, size / 4));
    }
    int at = size++;
    long entry = expiry << PORT_BITS | port;
    while (at > 0 && heap[(at - 1) / 2] > entry) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = entry;
  }

  /** Drops the earliest entry. */
  void removeFirst() {
    long last = heap[--size];
    siftDown(0, last);
  }

  private void siftDown(int at, long entry) {
    int child;
    while ((child = 2 * at + 1) < size) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (entry <= heap[child]) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }

  /** Drops stale entries, and the memory that they took. */
  void compact(Validity validity) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (validity.isValid(portOf(heap[i]), heap[i] >> PORT_BITS)) {
        heap[kept++] = heap[i];
      }
    }
    size = kept;
    heap = Arrays.copyOf(heap, Math.max(4, kept));
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, heap[i]);
    }
  }

  /** A heap and the rule for its entries. */
  record Source(ExpiryQueue queue, Validity validity) {}

  private record Node(Source source, int at) {
    long entry() {
      return source.queue.heap[at];
    }
  }

  /**
   * How long until the first expiries of several queues together, in order. Takes the smallest of
   * the nodes seen so far, again and again, and never looks below the others.
   *
   * @param most how many at most
   */
  static List<Duration> untilFirst(List<Source> sources, int most, long now) {
    PriorityQueue<Node> frontier = new PriorityQueue<>(Comparator.comparingLong(Node::entry));
    for (Source source : sources) {
      if (!source.queue.isEmpty()) {
        frontier.add(new Node(source, 0));
      }
    }
    List<Duration> found = new ArrayList<>();
    while (!frontier.isEmpty() && found.size() < most) {
      Node node = frontier.remove();
      long expiry = node.entry() >> PORT_BITS;
      if (node.source.validity.isValid(portOf(node.entry()), expiry)) {
        found.add(Duration.ofMillis(Math.max(0, expiry - now)));
      }
      for (int child = 2 * node.at + 1; child <= 2 * node.at + 2; child++) {
        if (child < node.source.queue.size) {
          frontier.add(new Node(node.source, child));
        }
      }
    }
    return found;
  }
}
