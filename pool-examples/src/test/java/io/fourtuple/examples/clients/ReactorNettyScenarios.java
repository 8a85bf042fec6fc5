package io.fourtuple.examples.clients;

import io.fourtuple.port.PortSelection;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** Runs in a private network: see {@link HttpClientsIT}. */
class ReactorNettyScenarios {
  /** More than there are ports. */
  private static final int MOST_CONNECTIONS = 500;

  @ParameterizedTest
  @EnumSource(names = {"PINNED", "OWNED"})
  void callersWaitForPortsAndConnectionsAreUsedAgain(PortSelection selection) throws Exception {
    TwoSources sources = TwoSources.picked(selection);
    ConnectionProvider pool = ConnectionProvider.create("shop", MOST_CONNECTIONS);
    HttpClient client = client(pool, sources);
    try (HoldingServer server = new HoldingServer(8_081 + selection.ordinal())) {
      Crowd crowd = new Crowd(sources, server, () -> get(client, server.uri()));
      crowd.waitsForPorts();
      crowd.usesConnectionsAgain();
      pool.disposeLater().block(Duration.ofSeconds(50));
      sources.agreeWithTheKernel();
    }
  }

  @Test
  void whereThePoolHasNoMoreThanThePortsItsCallersWaitForConnections() throws Exception {
    TwoSources sources = TwoSources.picked(PortSelection.PINNED);
    ConnectionProvider pool = ConnectionProvider.create("small", TwoSources.PORTS);
    HttpClient client = client(pool, sources);
    try (HoldingServer server = new HoldingServer(8_080)) {
      Crowd crowd = new Crowd(sources, server, () -> get(client, server.uri()));
      crowd.waitsForConnections();
      pool.disposeLater().block(Duration.ofSeconds(50));
      sources.agreeWithTheKernel();
    }
  }

  private static HttpClient client(ConnectionProvider pool, TwoSources sources) {
    return Recipes.reactorNetty(HttpClient.create(pool), sources.handler)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TwoSources.PATIENCE.toMillis());
  }

  private static CompletableFuture<String> get(HttpClient client, String uri) {
    return client.get().uri(uri).responseContent().aggregate().asString().toFuture();
  }
}
