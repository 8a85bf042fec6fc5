package io.fourtuple.testkit;

/** What user space hears of a socket. */
interface SocketEvents {
  /** The handshake of TCP is through. */
  void established();

  /** The peer answered our SYN with a reset. */
  void refused();

  /** The peer's FIN has arrived. */
  void endOfStream();

  /** The peer's reset has arrived; the kernel has forgotten the socket. */
  void reset();

  /** For sockets that nobody listens to. */
  static SocketEvents ignored() {
    return new SocketEvents() {
      @Override
      public void established() {}

      @Override
      public void refused() {}

      @Override
      public void endOfStream() {}

      @Override
      public void reset() {}
    };
  }
}
