package io.fourtuple.examples.gateway;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;

/** Gateways of a test, with their clients and upstreams; all end with it. */
abstract class GatewayRig {
  /** They stay, as those of a gateway's process do. */
  private static final Map<GatewayTransport, EventLoopGroup> LOOPS = new ConcurrentHashMap<>();

  private static final String ACQUIRE_TIMEOUT = "acquire-timeout = ";

  private final List<AutoCloseable> open = new ArrayList<>();

  /** How the gateways of these tests talk to the kernel. */
  GatewayTransport transport() {
    return GatewayTransport.standard();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  Upstream upstream(Upstream.Script script) throws IOException {
    Upstream upstream = Upstream.playing(script);
    open.add(upstream);
    return upstream;
  }

  Upstream echo() throws IOException {
    Upstream upstream = Upstream.echoingHeads();
    open.add(upstream);
    return upstream;
  }

  Gateway gateway(Upstream upstream, String... lines) throws Exception {
    return gateway(upstream.address(), lines);
  }

  Gateway gateway(String address, String... lines) throws Exception {
    String text =
        "listen = 127.0.0.1:0\ntransport = "
            + transport().field()
            + "\nupstream.one = "
            + address
            + "\n"
            + String.join("\n", lines)
            + acquireTimeout(lines);
    EventLoopGroup loops = LOOPS.computeIfAbsent(transport(), GatewayTransport::loops);
    Gateway gateway = new Gateway(ConfigReader.read(new StringReader(text)), loops);
    open.add(gateway);
    return gateway;
  }

  /** A connect that is late on a busy machine is no refusal, where a test does not say so. */
  private static String acquireTimeout(String... lines) {
    boolean isNamed = Arrays.stream(lines).anyMatch(line -> line.startsWith(ACQUIRE_TIMEOUT));
    return isNamed ? "" : "\n" + ACQUIRE_TIMEOUT + "1m";
  }

  Wire client(Gateway gateway) throws IOException {
    Wire client = Wire.to(gateway.address());
    open.add(client);
    return client;
  }

  static String ask(Wire client, String head) throws IOException {
    return client.send(head).readBody(client.readHead());
  }
}
