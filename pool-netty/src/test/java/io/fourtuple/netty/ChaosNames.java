package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import java.util.List;

/** What the name server says about the name of a lane. Thread-safe. */
final class ChaosNames {
  private static final int TTL_SECONDS = 1;

  private final NameServer server;
  private final String name;
  private final List<InetAddress> all;
  private List<InetAddress> known;

  ChaosNames(NameServer server, String name, List<Endpoint> endpoints) {
    this.server = server;
    this.name = name;
    this.all = endpoints.stream().map(Endpoint::address).toList();
    this.known = all;
    recover();
  }

  /** All but one. */
  synchronized void changeToAllBut(int part) {
    known = all.stream().filter(each -> !each.equals(all.get(part))).toList();
    recover();
  }

  synchronized void changeBack() {
    known = all;
    recover();
  }

  /** There is no such name any more. */
  synchronized void fail() {
    server.forget(name);
  }

  synchronized void recover() {
    server.replace(name, TTL_SECONDS, known);
  }
}
