package io.fourtuple.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.port.PortLedger;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** {@code /ports} for people and {@code /metrics} for Prometheus, on an address of their own. */
final class StatusPages implements AutoCloseable {
  private final HttpServer server;

  StatusPages(
      InetSocketAddress address,
      PortLedger ledger,
      ConnectionPool<?> pool,
      PrometheusMeterRegistry registry)
      throws IOException {
    try {
      server = HttpServer.create(address, 0);
    } catch (IOException e) {
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    page(
        "/ports",
        "text/html; charset=utf-8",
        () -> PortsPage.html(ledger.census(), pool.snapshot()));
    page("/metrics", "text/plain; version=0.0.4; charset=utf-8", registry::scrape);
    server.start();
  }

  private void page(String path, String type, Supplier<String> text) {
    server.createContext(path, exchange -> answer(exchange, path, type, text));
  }

  private static void answer(HttpExchange exchange, String path, String type, Supplier<String> text)
      throws IOException {
    boolean isHere = exchange.getRequestURI().getPath().equals(path);
    byte[] body = (isHere ? text.get() : "not found\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", isHere ? type : "text/plain");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(isHere ? 200 : 404, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
