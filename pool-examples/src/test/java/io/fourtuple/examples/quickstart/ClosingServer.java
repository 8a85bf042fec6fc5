package io.fourtuple.examples.quickstart;

import io.fourtuple.port.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that reads one request of each connection, says what it is told to say, and closes. */
final class ClosingServer implements AutoCloseable {
  private final ServerSocket listener;
  private final String says;

  private ClosingServer(String says) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    this.says = says;
  }

  static ClosingServer saying(String says) throws IOException {
    ClosingServer server = new ClosingServer(says);
    Thread thread = new Thread(server::serve, "closing-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  Endpoint endpoint() {
    return Endpoint.of((InetSocketAddress) listener.getLocalSocketAddress());
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket connection = listener.accept()) {
        answer(connection);
      } catch (IOException e) {
        // Closed, or the client went away: the tests see what they get as clients.
      }
    }
  }

  private void answer(Socket connection) throws IOException {
    BufferedReader request =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String line = request.readLine();
    while (line != null && !line.isEmpty()) {
      line = request.readLine();
    }
    connection.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
