package io.fourtuple.host;

/**
 * What a transport can tell the kernel about local addresses and ports, found by setting the option
 * on a socket and reading it back.
 *
 * @param bindAddressNoPort {@code IP_BIND_ADDRESS_NO_PORT} (Linux 4.2)
 * @param localPortRange {@code IP_LOCAL_PORT_RANGE} (Linux 6.3)
 * @param freeBind {@code IP_FREEBIND} (Linux 2.4)
 */
public record TransportAbilities(
    boolean bindAddressNoPort, boolean localPortRange, boolean freeBind) {
  /** Plain Java sockets: none. */
  public static final TransportAbilities NONE = new TransportAbilities(false, false, false);

  /** A transport that cannot bind addresses which no interface has. */
  public TransportAbilities(boolean bindAddressNoPort, boolean localPortRange) {
    this(bindAddressNoPort, localPortRange, false);
  }
}
