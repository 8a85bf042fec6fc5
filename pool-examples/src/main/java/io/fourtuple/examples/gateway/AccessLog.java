package io.fourtuple.examples.gateway;

import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request, to the logger {@code access}: client, request line, status, bytes of
 * the body, milliseconds until the upstream's connection and until the end, the connection's route
 * and local port, and why the gateway has answered itself.
 */
final class AccessLog {
  private static final Logger log = LoggerFactory.getLogger("access");

  private AccessLog() {}

  /** What becomes known of one request. */
  static final class Entry {
    private final String client;
    private final String line;
    private final long start = System.nanoTime();
    private long waited;
    private int status;
    private long bytes;
    private String upstream = "-";
    private String reason = "";

    Entry(Channel channel, HttpRequest request) {
      Channel connection =
          channel.parent() == null || isListener(channel) ? channel : channel.parent();
      client = ip(connection.remoteAddress());
      line = request.method() + " " + printable(request.uri()) + " " + request.protocolVersion();
    }

    private static boolean isListener(Channel channel) {
      return channel.parent() instanceof io.netty.channel.ServerChannel;
    }

    void upstream(Route route, Channel channel) {
      waited = System.nanoTime() - start;
      int port = channel.localAddress() instanceof InetSocketAddress ip ? ip.getPort() : 0;
      upstream = route + " port=" + port;
    }

    void status(int code) {
      status = code;
    }

    void bytes(int more) {
      bytes += more;
    }

    void reason(String why) {
      reason = " " + printable(why);
    }

    void write() {
      log.info(
          "{} \"{}\" {} {} {}+{}ms {}{}",
          client,
          line,
          status,
          bytes,
          waited / 1_000_000,
          (System.nanoTime() - start - waited) / 1_000_000,
          upstream,
          reason);
    }

    private static String ip(SocketAddress address) {
      return address instanceof InetSocketAddress ip ? ip.getAddress().getHostAddress() : "-";
    }

    /** A request must not write lines of its own. */
    private static String printable(String text) {
      return text.replaceAll("[^\\x20-\\x7e]|\"", "?");
    }
  }
}
