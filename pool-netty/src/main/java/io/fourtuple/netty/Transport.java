package io.fourtuple.netty;

/**
 * How Netty talks to the kernel. The native libraries are jars of their own, which must have the
 * version of the other Netty jars.
 */
public enum Transport {
  /** Java's own sockets: everywhere, without a native library. */
  NIO,
  /**
   * Linux epoll. Needs {@code io.netty:netty-transport-native-epoll} with the classifier of the
   * machine, such as {@code linux-x86_64}.
   */
  EPOLL,
  /**
   * Linux io_uring. Needs {@code io.netty:netty-transport-native-io_uring} with the classifier of
   * the machine, such as {@code linux-x86_64}, and a host that allows it: many containers do not.
   * Used only where it is asked for.
   */
  IO_URING,
  /**
   * The kqueue of macOS. Needs {@code io.netty:netty-transport-native-kqueue} with the classifier
   * of the machine, such as {@code osx-aarch_64}. Used only where it is asked for.
   */
  KQUEUE
}
