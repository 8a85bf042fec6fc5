package io.fourtuple.examples.gateway;

import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request, to the logger {@code access}: client, request line, status, bytes of
 * the body, milliseconds until the upstream's connection and until the end, the connection's route
 * and local port, and why the gateway has answered itself.
 */
final class AccessLog {
  private static final Logger log = LoggerFactory.getLogger("access");

  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]|\"");

  private AccessLog() {}

  /** What becomes known of one request. */
  static final class Entry {
    private final Channel client;
    private final HttpRequest request;
    private final long start = System.nanoTime();
    private long waited;
    private int status;
    private long bytes;
    private @Nullable Route route;
    private int port;
    private String reason = "";

    Entry(Channel client, HttpRequest request) {
      this.client = client;
      this.request = request;
    }

    void upstream(Route taken, Channel channel) {
      waited = System.nanoTime() - start;
      route = taken;
      port = channel.localAddress() instanceof InetSocketAddress ip ? ip.getPort() : 0;
    }

    void status(int code) {
      status = code;
    }

    void bytes(int more) {
      bytes += more;
    }

    void reason(String why) {
      reason = why;
    }

    void write() {
      if (!log.isInfoEnabled()) {
        return;
      }
      log.info(
          "{} \"{} {} {}\" {} {} {}+{}ms {} {}",
          ip(connection().remoteAddress()),
          request.method(),
          printable(request.uri()),
          request.protocolVersion(),
          status,
          bytes,
          waited / 1_000_000,
          (System.nanoTime() - start - waited) / 1_000_000,
          route == null ? "-" : route + " port=" + port,
          printable(reason));
    }

    /** Streams of HTTP/2 have no address. */
    private Channel connection() {
      return client.parent() == null || client.parent() instanceof ServerChannel
          ? client
          : client.parent();
    }

    private static String ip(SocketAddress address) {
      return address instanceof InetSocketAddress ip ? ip.getAddress().getHostAddress() : "-";
    }

    /** A request must not write lines of its own. */
    private static String printable(String text) {
      return UNPRINTABLE.matcher(text).replaceAll("?");
    }
  }
}
