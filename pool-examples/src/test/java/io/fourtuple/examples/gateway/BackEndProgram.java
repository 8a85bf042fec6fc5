package io.fourtuple.examples.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A back end in a container: answers each request with its name. */
final class BackEndProgram {
  static final int PORT = 8000;
  static final String READY = "answers as ";

  /** As other servers do: a connection ends at some time, and the next one may lead elsewhere. */
  private static final int REQUESTS_BETWEEN_CLOSES = 20;

  private BackEndProgram() {}

  public static void main(String[] arguments) throws IOException {
    byte[] name = arguments[0].getBytes(StandardCharsets.UTF_8);
    AtomicInteger requests = new AtomicInteger();
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 1_000);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/", exchange -> answer(exchange, name, requests.incrementAndGet()));
    server.start();
    System.out.println(READY + arguments[0]);
  }

  private static void answer(HttpExchange exchange, byte[] name, int number) throws IOException {
    if (number % REQUESTS_BETWEEN_CLOSES == 0) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    exchange.sendResponseHeaders(200, name.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(name);
    }
  }
}
