package io.fourtuple.testkit;

/** The states of RFC 9293, with the numbers of {@code /proc/net/tcp}. */
public enum TcpState {
  ESTABLISHED(1),
  SYN_SENT(2),
  FIN_WAIT1(4),
  FIN_WAIT2(5),
  TIME_WAIT(6),
  /** Reset or acknowledged to the end, the 4-tuple not yet let go. */
  CLOSE(7),
  CLOSE_WAIT(8),
  LAST_ACK(9),
  LISTEN(10),
  CLOSING(11);

  private final int number;

  TcpState(int number) {
    this.number = number;
  }

  /** What {@code /proc/net/tcp} shows, there in hexadecimal. */
  public int number() {
    return number;
  }
}
