package io.fourtuple.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * The addresses of a private network: those of the loopback device, and a link where all is lost;
 * and its name server. Each call may be made twice. Thread-safe.
 */
final class ChaosNetwork implements AutoCloseable {
  final ChaosFiles files = new ChaosFiles();
  final NameServer nameServer = new NameServer();
  final DnsEndpointResolver resolver =
      DnsEndpointResolver.builder().nameServers(List.of(nameServer.address())).build();
  private final ChaosShell shell;

  ChaosNetwork() throws IOException {
    shell = new ChaosShell();
    shell.run("ip link add lost type veth peer name nowhere");
    shell.run("ip link set lost arp off up && ip link set nowhere arp off up");
  }

  /** Of this host, from now on. */
  void add(InetAddress address) throws IOException {
    shell.run("ip addr replace " + address.getHostAddress() + "/32 dev lo");
  }

  /** Not of this host: what is sent from there, or to there, fails or vanishes. */
  void remove(InetAddress address) throws IOException {
    add(address);
    shell.run("ip addr del " + address.getHostAddress() + "/32 dev lo");
  }

  /** What is sent to there, or from there, vanishes. */
  void drop(InetAddress address) throws IOException {
    remove(address);
    shell.run("ip route replace " + address.getHostAddress() + "/32 dev lost");
  }

  /** Undoes that. */
  void deliver(InetAddress address) throws IOException {
    add(address);
    shell.run("ip route flush " + address.getHostAddress() + "/32 dev lost");
  }

  @Override
  public void close() {
    resolver.close();
    nameServer.close();
    shell.close();
  }
}
