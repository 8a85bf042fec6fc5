package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Whoever is slow holds the other side up, and whoever stalls is given up. */
class SlowSidesTest extends GatewayRig {
  private static final int PART = 1 << 20;

  @Test
  void aSlowClientHoldsTheUpstreamUp() throws Exception {
    AtomicLong sent = new AtomicLong();
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + 64 * PART + "\r\n\r\n");
              for (int i = 0; i < 64; i++) {
                connection.send(new byte[PART]);
                sent.incrementAndGet();
              }
            });
    Wire client = client(gateway(upstream));
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    String head = client.readHead();
    assertThat(settled(sent)).isLessThan(32); // the buffers of four sockets
    assertThat(client.readBody(head)).hasSize(64 * PART);
  }

  @Test
  void aSlowUpstreamHoldsTheClientUp() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    Upstream upstream =
        upstream(
            connection -> {
              String head = connection.readHead();
              goOn.await();
              connection.respond(String.valueOf(connection.readBody(head).length()));
            });
    Wire client = client(gateway(upstream));
    AtomicLong sent = new AtomicLong();
    Thread sender =
        new Thread(
            () -> {
              try {
                client.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + 64 * PART + "\r\n\r\n");
                for (int i = 0; i < 64; i++) {
                  client.send(new byte[PART]);
                  sent.incrementAndGet();
                }
              } catch (IOException e) {
                // Shows in what is read.
              }
            });
    sender.start();
    assertThat(settled(sent)).isLessThan(32);
    goOn.countDown();
    assertThat(client.readBody(client.readHead())).isEqualTo(String.valueOf(64 * PART));
    sender.join();
  }

  @Test
  void aClientThatStallsIsGivenUp() throws Exception {
    CountDownLatch ended = new CountDownLatch(2);
    Upstream upstream =
        upstream(
            connection -> {
              try {
                if (connection.readHead().startsWith("POST")) {
                  connection.readToEnd();
                } else {
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + 64 * PART + "\r\n\r\n");
                  connection.send(new byte[64 * PART]);
                }
              } finally {
                ended.countDown();
              }
            });
    Gateway gateway = gateway(upstream, "idle-timeout = 100ms", "response-timeout = 1h");
    assertThat(client(gateway).send("GET / HT").readToEnd()).isEmpty();
    String stalls = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n12345";
    Answered stalled = answered(gateway, stalls);
    assertThat(stalled.head()).startsWith("HTTP/1.1 408 ");
    assertThat(stalled.client().readToEnd()).startsWith("408");
    Answered slow = answered(gateway, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    ended.await();
    assertThatThrownBy(() -> slow.client().readBody(slow.head())).isInstanceOf(IOException.class);
    assertThat(upstream.accepted()).isEqualTo(2);
  }

  /** A client that has read the head of its response, and no more. */
  private record Answered(Wire client, String head) {}

  /** Asks again where the connection was closed for idling before the request was there. */
  private Answered answered(Gateway gateway, String request) throws IOException {
    while (true) {
      Wire client = client(gateway);
      try {
        return new Answered(client, client.send(request).readHead());
      } catch (EOFException | SocketException e) {
        // Too late, on a busy machine.
      }
    }
  }

  /** What it is when it has not changed for a while; a slow machine only makes it less. */
  private static long settled(AtomicLong value) {
    long last = -1;
    for (int same = 0; same < 200; ) {
      LockSupport.parkNanos(1_000_000);
      long now = value.get();
      same = now == last && now > 0 ? same + 1 : 0;
      last = now;
    }
    return last;
  }
}
