package io.fourtuple.examples.bench.http;

import java.net.URI;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.io.ClientConnector;

/** Jetty's client. */
final class JettyClient implements LoadedClient {
  private final HttpClient client;
  private final URI uri;

  JettyClient(Target target) throws Exception {
    uri = target.uri();
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(NettyLoops.THREADS);
    client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    client.setMaxConnectionsPerDestination(target.concurrency());
    client.start();
  }

  @Override
  public void get(int lane, Answer answer) {
    client
        .newRequest(uri)
        .send(
            new BufferingResponseListener() {
              @Override
              public void onComplete(Result result) {
                if (result.isFailed()) {
                  answer.failed(result.getFailure());
                } else {
                  answer.body(getContent());
                }
              }
            });
  }
}
