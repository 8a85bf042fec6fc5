package io.fourtuple.netty;

/** How Netty talks to the kernel. */
public enum Transport {
  /** Java's own sockets: everywhere, without a native library. */
  NIO,
  /**
   * Linux epoll. Needs {@code io.netty:netty-transport-native-epoll} with the classifier of the
   * machine, such as {@code linux-x86_64}.
   */
  EPOLL
}
