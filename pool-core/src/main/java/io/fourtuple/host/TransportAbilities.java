package io.fourtuple.host;

/**
 * What a transport can tell the kernel about local ports, found by setting the option on a socket
 * and reading it back.
 *
 * @param bindAddressNoPort {@code IP_BIND_ADDRESS_NO_PORT} (Linux 4.2)
 * @param localPortRange {@code IP_LOCAL_PORT_RANGE} (Linux 6.3)
 */
public record TransportAbilities(boolean bindAddressNoPort, boolean localPortRange) {
  /** Plain Java sockets: neither. */
  public static final TransportAbilities NONE = new TransportAbilities(false, false);
}
