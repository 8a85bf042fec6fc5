package io.fourtuple.examples.gateway;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask gateways, one request after the other, keep their connections and retry nothing.
 */
final class Traffic implements AutoCloseable {
  static final int NO_ANSWER = 0;
  static final int HUNG = -1;

  /** Much longer than a gateway waits: twice for a connection and for an answer, 1 s each. */
  private static final int PATIENCE_MILLIS = 10_000;

  private static final long THINK_NANOS = 4_000_000;

  private final byte[] request;
  private final Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
  private final List<Client> clients = new ArrayList<>();
  private volatile boolean isOver;

  /** How one request ended; nanoseconds of {@link System#nanoTime}. */
  record Outcome(Client client, String gateway, int status, String body, long began, long ended) {}

  Traffic(List<String> gateways, int clientsOfEach, String path) {
    request =
        ("GET " + path + " HTTP/1.1\r\nHost: shop\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    for (String gateway : gateways) {
      for (int i = 0; i < clientsOfEach; i++) {
        clients.add(new Client(gateway));
      }
    }
    clients.forEach(Thread::start);
  }

  int clients() {
    return clients.size();
  }

  /** All that have ended since the last call of {@link #forget}. */
  List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  void forget() {
    outcomes.clear();
  }

  /** Ends when the last request has. */
  @Override
  public void close() {
    isOver = true;
    try {
      for (Client client : clients) {
        client.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One of them. */
  final class Client extends Thread {
    private final String gateway;

    Client(String gateway) {
      super("client");
      this.gateway = gateway;
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!isOver) {
        try (Socket socket = new Socket()) {
          talk(socket);
        } catch (IOException e) {
          // Counted where it happened.
        }
      }
    }

    private void talk(Socket socket) throws IOException {
      InputStream in = null;
      while (!isOver) {
        LockSupport.parkNanos(THINK_NANOS);
        long began = System.nanoTime();
        try {
          if (in == null) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(gateway, GatewayContainer.PORT), PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream());
          }
          socket.getOutputStream().write(request);
          ended(began, in);
        } catch (IOException e) {
          int status = e instanceof SocketTimeoutException ? HUNG : NO_ANSWER;
          outcomes.add(new Outcome(this, gateway, status, e.toString(), began, System.nanoTime()));
          throw e;
        }
      }
    }

    private void ended(long began, InputStream in) throws IOException {
      int status = Integer.parseInt(line(in).split(" ")[1]);
      int length = 0;
      for (String field = line(in); !field.isEmpty(); field = line(in)) {
        if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(field.substring(field.indexOf(':') + 1).strip());
        }
      }
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("the gateway has closed in the middle");
      }
      String body = new String(bytes, StandardCharsets.UTF_8);
      outcomes.add(new Outcome(this, gateway, status, body, began, System.nanoTime()));
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new EOFException("the gateway has closed");
        }
        line.append((char) next);
      }
      return line.toString().strip();
    }
  }
}
