package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that {@link RealDiagnosisTest} runs in a network namespace of its own with 20 ports;
 * provokes errors of Java's sockets, and prints {@code what=kind evidence}: by the exception alone,
 * and by what the kernel shows as well.
 */
final class DiagnosisProbe {
  private static final int PORTS = 20;
  private static final int SHORT_MILLIS = 100;
  private static final InetAddress HERE = Endpoint.of("127.0.0.1", 1).address();
  private static final InetAddress ABROAD = Endpoint.of("192.0.2.7", 1).address();

  private DiagnosisProbe() {}

  private interface Attempt {
    Closeable run() throws IOException;
  }

  /** Provokes all, or those of a process with few file descriptors. */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("files")) {
      fillFiles();
    } else {
      connectWithoutPorts();
      bindWithoutPorts();
      otherErrors();
    }
  }

  @SuppressWarnings("try") // a server that is only there
  private static void connectWithoutPorts() throws IOException {
    List<Closeable> open = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(9001, PORTS, HERE)) {
      for (int i = 0; i < PORTS; i++) {
        open.add(new Socket(HERE, 9001));
      }
      provoke("socket", () -> new Socket(HERE, 9001));
      provoke("socket with time-out", () -> connected(HERE, 9001, SHORT_MILLIS));
      provoke("channel", () -> SocketChannel.open(new InetSocketAddress(HERE, 9001)));
      provoke("channel without blocking", () -> connecting(9001));
    } finally {
      closeAll(open);
    }
  }

  @SuppressWarnings("try")
  private static void bindWithoutPorts() throws IOException {
    List<Closeable> open = new ArrayList<>();
    try (ServerSocket server = new ServerSocket(9001, PORTS, HERE);
        ServerSocket other = new ServerSocket(9002, PORTS, HERE)) {
      for (int i = 0; i < PORTS; i++) {
        open.add(boundAndConnected());
      }
      provoke("bind", DiagnosisProbe::boundAndConnected);
      // To a server without a single connection: but bound ports are closed to it.
      provoke("connect beside bound", () -> new Socket(HERE, 9002));
    } finally {
      closeAll(open);
    }
  }

  @SuppressWarnings("try")
  private static void otherErrors() throws IOException {
    List<Closeable> open = new ArrayList<>();
    try (ServerSocket silent = new ServerSocket(9001, 1, HERE)) {
      provoke("listen", () -> new ServerSocket(9001, 1, HERE));
      provoke("foreign source", () -> new Socket(HERE, 9001, ABROAD, 0));
      provoke("foreign source of a channel", () -> SocketChannel.open().bind(at(ABROAD, 0)));
      provoke("refused", () -> new Socket(HERE, 9009));
      provoke("refused channel", () -> SocketChannel.open(at(HERE, 9009)));
      provoke("unreachable", () -> new Socket(ABROAD, 9001));
      provoke("silent", () -> read(new Socket(HERE, 9001)));
      open.add(new Socket(HERE, 9001)); // the queue of the server is full now
      provoke("no answer", () -> connected(HERE, 9001, SHORT_MILLIS));
      Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"), "1");
      provoke("no IPv6", () -> new Socket(Endpoint.of("::1", 1).address(), 9001));
    } finally {
      closeAll(open);
    }
  }

  private static void fillFiles() throws IOException {
    HostNetwork.read();
    SocketTable.read();
    // Loads the classes: that takes descriptors, too.
    System.out.println(PortDiagnosis.of(new SocketException("none yet")));
    closeAll(List.of(SocketChannel.open(), new Socket()));
    refused();
    List<Closeable> open = new ArrayList<>();
    IOException channel;
    IOException socket;
    do { // the machine itself opens files now and then, and gives them back
      channel = useUp(open);
      socket = refused();
    } while (socket instanceof ConnectException);
    closeAll(open);
    tell("files, channel", channel);
    tell("files, socket", socket);
  }

  /** Returns what is said when none is left. */
  private static IOException useUp(List<Closeable> open) {
    while (true) {
      try {
        open.add(SocketChannel.open());
      } catch (IOException full) {
        return full;
      }
    }
  }

  /** Why a socket is not connected to where nobody listens. */
  private static IOException refused() {
    try (Socket socket = new Socket(HERE, 9001)) {
      throw new IllegalStateException("somebody listens: " + socket);
    } catch (IOException error) {
      return error;
    }
  }

  private static void provoke(String what, Attempt attempt) throws IOException {
    try (Closeable unexpected = attempt.run()) {
      throw new IllegalStateException(what + " worked: " + unexpected);
    } catch (IOException error) {
      tell(what, error);
    }
  }

  private static void tell(String what, IOException error) throws IOException {
    PortDiagnosis alone = PortDiagnosis.of(error);
    PortDiagnosis checked = PortDiagnosis.of(error, HostNetwork.read(), SocketTable.read());
    System.out.println(
        what + "=" + alone.kind() + ", " + checked.kind() + " " + checked.evidence());
    System.out.println(checked);
  }

  private static InetSocketAddress at(InetAddress address, int port) {
    return new InetSocketAddress(address, port);
  }

  private static Socket connected(InetAddress address, int port, int millis) throws IOException {
    Socket socket = new Socket();
    socket.connect(at(address, port), millis);
    return socket;
  }

  private static SocketChannel connecting(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.connect(at(HERE, port));
    return channel;
  }

  private static Socket boundAndConnected() throws IOException {
    return new Socket(HERE, 9001, HERE, 0);
  }

  private static Closeable read(Socket socket) throws IOException {
    try (socket) {
      socket.setSoTimeout(SHORT_MILLIS);
      socket.getInputStream().read();
      return socket;
    }
  }

  private static void closeAll(List<Closeable> open) throws IOException {
    for (Closeable one : open) {
      if (one instanceof Socket socket) {
        socket.setSoLinger(true, 0); // no TIME_WAIT: the ports are needed again
      }
      one.close();
    }
  }
}
