package io.fourtuple.examples.clients;

import static org.asynchttpclient.Dsl.asyncHttpClient;
import static org.asynchttpclient.Dsl.config;

import io.fourtuple.port.PortSelection;
import java.util.concurrent.CompletableFuture;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.AsyncHttpClientConfig;
import org.asynchttpclient.Response;
import org.junit.jupiter.api.Test;

/** Runs in a private network: see {@link HttpClientsIT}. */
class AsyncHttpClientScenarios {
  /** More than there are ports. */
  private static final int MOST_CONNECTIONS = 500;

  @Test
  void callersWaitForPortsAndConnectionsAreUsedAgain() throws Exception {
    TwoSources sources = TwoSources.picked(PortSelection.OWNED);
    AsyncHttpClientConfig config =
        Recipes.asyncHttpClient(
                config().setMaxConnections(MOST_CONNECTIONS).setConnectTimeout(TwoSources.PATIENCE),
                sources.handler)
            .build();
    try (HoldingServer server = new HoldingServer(8_081)) {
      try (AsyncHttpClient client = asyncHttpClient(config)) {
        Crowd crowd = new Crowd(sources, server, () -> get(client, server.uri()));
        crowd.waitsForPorts();
        crowd.usesConnectionsAgain();
      }
      sources.agreeWithTheKernel();
    }
  }

  private static CompletableFuture<String> get(AsyncHttpClient client, String uri) {
    return client
        .prepareGet(uri)
        .execute()
        .toCompletableFuture()
        .thenApply(Response::getResponseBody);
  }
}
