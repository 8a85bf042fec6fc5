package io.fourtuple.examples.incident;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.net.http.HttpClient;

/** Whose client it is. */
enum HttpSide {
  JDK("JDK"),
  FOURTUPLE("Fourtuple");

  private final String label;

  HttpSide(String label) {
    this.label = label;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  /** The one line that changes. */
  String line() {
    return switch (this) {
      case JDK -> "HttpClient client = HttpClient.newHttpClient();";
      case FOURTUPLE -> "HttpClient client = PooledHttpClient.newBuilder().ports(ports).build();";
    };
  }

  /** A new client. */
  HttpClient client(HttpCase server) throws IOException {
    return switch (this) {
      case JDK -> HttpClient.newHttpClient();
      case FOURTUPLE -> PooledHttpClient.newBuilder().ports(ports(server)).build();
    };
  }

  /** Ends a client, where its JDK can do that. */
  static void end(HttpClient client) {
    if (client instanceof PooledHttpClient pooled) {
      pooled.close();
    }
  }

  /** From which ports its connections come. */
  PortRange range(HttpCase server) {
    return this == JDK ? server.ephemeral() : server.owned();
  }

  private static HostPorts ports(HttpCase server) throws IOException {
    return HostPorts.builder()
        .sources("127.0.0.1")
        .selection(PortSelection.OWNED)
        .ports(server.owned())
        .headRoom(0)
        .ledger(PortLedger.create(HostNetwork.read().limits()))
        .build();
  }
}
