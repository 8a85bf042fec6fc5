package io.fourtuple.netty.http;

import io.fourtuple.host.HostPorts;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client, ours or the JDK's as the reference, and a server that follows a script. */
final class WebSocketRig implements AutoCloseable {
  /** Whose client, and over what. */
  enum Kind {
    POOLED(true, false),
    POOLED_TLS(true, true),
    JDK(false, false),
    JDK_TLS(false, true);

    final boolean isOurs;
    final boolean isTls;

    Kind(boolean isOurs, boolean isTls) {
      this.isOurs = isOurs;
      this.isTls = isTls;
    }
  }

  /** What the server does on one connection, which is closed afterwards. */
  interface Script {
    void run(WebSocketPeer peer) throws Exception;
  }

  private static final class Tls {
    static final SSLContext SERVER;
    static final SSLContext CLIENT;

    static {
      try {
        X509Bundle key =
            new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        SERVER = SSLContext.getInstance("TLS");
        SERVER.init(key.toKeyManagerFactory().getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("key", key.getCertificate());
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        CLIENT = SSLContext.getInstance("TLS");
        CLIENT.init(null, trust.getTrustManagers(), null);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final long PATIENCE_SECONDS = 60; // for what must come, never reached

  private final Kind kind;
  private final ServerSocket server;
  private final HttpClient client;

  WebSocketRig(Kind kind) throws IOException {
    this(kind, builder -> {});
  }

  WebSocketRig(Kind kind, Consumer<HttpClient.Builder> settings) throws IOException {
    this.kind = kind;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    HttpClient.Builder builder =
        kind.isOurs ? PooledHttpClient.newBuilder() : HttpClient.newBuilder();
    if (kind.isTls) {
      builder.sslContext(Tls.CLIENT);
    }
    settings.accept(builder);
    this.client = builder.build();
  }

  Kind kind() {
    return kind;
  }

  int port() {
    return server.getLocalPort();
  }

  HttpClient client() {
    return client;
  }

  URI uri() {
    return URI.create(
        (kind.isTls ? "wss" : "ws") + "://localhost:" + server.getLocalPort() + "/chat?room=1");
  }

  /** The next connection is served by that. */
  CompletableFuture<Void> serve(Script script) {
    CompletableFuture<Void> served = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = accept()) {
                script.run(new WebSocketPeer(socket));
                served.complete(null);
              } catch (Throwable e) {
                served.completeExceptionally(e);
              }
            },
            "websocket-server");
    thread.setDaemon(true);
    thread.start();
    return served;
  }

  private Socket accept() throws IOException {
    Socket socket = server.accept();
    if (!kind.isTls) {
      return socket;
    }
    SSLSocket tls = (SSLSocket) Tls.SERVER.getSocketFactory().createSocket(socket, null, true);
    tls.setUseClientMode(false);
    return tls;
  }

  WebSocket open(WebSocket.Listener listener) throws Exception {
    return get(client.newWebSocketBuilder().buildAsync(uri(), listener));
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Why a future has failed. */
  static Throwable failure(CompletableFuture<?> future) throws InterruptedException {
    try {
      Object value = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("future must fail, was " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (TimeoutException e) {
      throw new AssertionError("future must have failed", e);
    }
  }

  /** How many of our ports rest because we closed first, once no connection is left. */
  int timeWaits() {
    Endpoint endpoint = new Endpoint(InetAddress.getLoopbackAddress(), server.getLocalPort());
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < giveUp) {
      List<PortCensus> routes =
          HostPorts.shared().ledger().census().stream()
              .filter(census -> census.route().endpoint().equals(endpoint))
              .toList();
      if (routes.stream().allMatch(route -> route.established() + route.closing() == 0)) {
        return routes.stream().mapToInt(PortCensus::timeWait).sum();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("connections must end");
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (client instanceof PooledHttpClient ours) {
      ours.shutdownNow();
      ours.close();
    }
  }
}
