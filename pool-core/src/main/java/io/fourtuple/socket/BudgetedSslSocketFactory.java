package io.fourtuple.socket;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** TLS sockets over those of a {@link BudgetedSocketFactory}. */
final class BudgetedSslSocketFactory extends SSLSocketFactory {
  private final BudgetedSocketFactory sockets;
  private final SSLSocketFactory layer;

  BudgetedSslSocketFactory(BudgetedSocketFactory sockets, SSLSocketFactory layer) {
    this.sockets = sockets;
    this.layer = layer;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return layer.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return layer.getSupportedCipherSuites();
  }

  /** Plain: a TLS socket of the JDK cannot be laid over one that is not connected. */
  @Override
  public Socket createSocket() {
    return sockets.createSocket();
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return layer.createSocket(socket, host, port, autoClose);
  }

  @Override
  public Socket createSocket(Socket socket, InputStream consumed, boolean autoClose)
      throws IOException {
    return layer.createSocket(socket, consumed, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return layered(sockets.createSocket(host, port), host, port);
  }

  @Override
  public Socket createSocket(String host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return layered(sockets.createSocket(host, port, local, localPort), host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return layered(sockets.createSocket(host, port), host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, @Nullable InetAddress local, int localPort)
      throws IOException {
    return layered(sockets.createSocket(host, port, local, localPort), host.getHostAddress(), port);
  }

  private Socket layered(Socket connected, String host, int port) throws IOException {
    try {
      return layer.createSocket(connected, host, port, true);
    } catch (IOException | RuntimeException e) {
      connected.close();
      throw e;
    }
  }
}
