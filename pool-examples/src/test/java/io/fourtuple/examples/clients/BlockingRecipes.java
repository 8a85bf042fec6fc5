package io.fourtuple.examples.clients;

import io.fourtuple.host.HostPorts;
import io.fourtuple.socket.BudgetedSocketFactory;
import java.io.IOException;
import java.net.URI;
import java.util.Properties;
import javax.net.SocketFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.config.RegistryBuilder;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** What has to be said to each blocking client, and no more. */
final class BlockingRecipes {
  private BlockingRecipes() {}

  static SocketFactory simplest() {
    SocketFactory sockets = BudgetedSocketFactory.create();
    return sockets;
  }

  static BudgetedSocketFactory fromTwoSources() {
    HostPorts ports = HostPorts.builder().sources("10.0.0.5", "10.0.0.6").build();
    return BudgetedSocketFactory.create(ports); // one for all clients
  }

  static OkHttpClient.Builder okHttp(OkHttpClient.Builder client, SocketFactory sockets) {
    return client.socketFactory(sockets);
  }

  /** The builder of the connection manager. */
  static final class BudgetedConnections extends PoolingHttpClientConnectionManagerBuilder {
    private final SocketFactory sockets;

    BudgetedConnections(SocketFactory sockets) {
      this.sockets = sockets;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver schemes, DnsResolver names, TlsSocketStrategy tls) {
      var https = RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build();
      return new DefaultHttpClientConnectionOperator(
          proxy -> sockets.createSocket(), schemes, names, https);
    }
  }

  static Properties pgjdbc(Properties connection, String sources) {
    connection.setProperty("socketFactory", "io.fourtuple.socket.BudgetedSocketFactory");
    connection.setProperty("socketFactoryArg", sources); // as in 10.0.0.5,10.0.0.6
    return connection;
  }

  static Jedis jedis(String host, int port, SocketFactory sockets) {
    JedisSocketFactory connects =
        () -> {
          try {
            return sockets.createSocket(host, port);
          } catch (IOException e) {
            throw new JedisConnectionException(e);
          }
        };
    return new Jedis(connects);
  }

  static HttpsURLConnection https(URI uri, BudgetedSocketFactory sockets, SSLContext context)
      throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
    connection.setSSLSocketFactory(sockets.tls(context));
    return connection;
  }
}
