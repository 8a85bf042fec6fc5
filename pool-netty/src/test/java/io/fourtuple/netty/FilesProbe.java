package io.fourtuple.netty;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.SocketTable;
import io.fourtuple.netty.http.PooledHttpClient;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that {@link DiagnosisIT} runs with few file descriptors; uses them up, connects, and
 * prints {@code what=kind, kind evidence}: by the exception alone, and by what the kernel shows as
 * well.
 */
final class FilesProbe {
  private static final Duration SHORT = Duration.ofMillis(500);

  private FilesProbe() {}

  @Sharable
  private static final class Nothing extends ChannelInboundHandlerAdapter {}

  /** Connects somewhere; returns why that failed, or null. */
  private interface Attempt {
    Throwable failure(InetSocketAddress to) throws InterruptedException;
  }

  /** Event loops that stay would keep the process alive. */
  @SuppressWarnings("CatchAndPrintStackTrace") // it is what the test shows
  public static void main(String[] args) {
    try {
      provokeAll();
      System.exit(0);
    } catch (Exception | Error e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  /** All that this host can. */
  private static void provokeAll() throws Exception {
    loadAll(HostPorts.class);
    loadAll(PooledHttpClient.class);
    // It accepts nothing: its ends of the connections are no files of ours.
    try (ServerSocket server = new ServerSocket(0, 50)) {
      InetSocketAddress there = new InetSocketAddress("127.0.0.1", server.getLocalPort());
      provoke("java.net.http", there, http(HttpClient.newHttpClient()));
      try (PooledHttpClient ours = PooledHttpClient.newHttpClient()) {
        provoke("PooledHttpClient", there, http(ours));
        ours.shutdownNow();
      }
      for (Transport transport : Transport.values()) {
        if (isAvailable(transport)) {
          provoke("Netty " + transport, there, transport);
        } else {
          System.out.println("Netty " + transport + "=not here");
        }
      }
    }
  }

  /** Out of a directory, each class takes a descriptor when it is loaded, the rarely used late. */
  private static void loadAll(Class<?> one) throws Exception {
    Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (!Files.isDirectory(root)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.map(root::relativize).toList();
    }
    for (Path file : files) {
      String name = file.toString().replace('/', '.');
      if (name.endsWith(".class") && !name.equals("module-info.class")) {
        load(name.substring(0, name.length() - ".class".length()));
      }
    }
  }

  private static void load(String name) throws ClassNotFoundException {
    try {
      Class.forName(name);
    } catch (NoClassDefFoundError e) {
      System.out.println(name + " is for a library that is not here");
    }
  }

  private static boolean isAvailable(Transport transport) {
    return switch (transport) {
      case NIO -> true;
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
      case KQUEUE -> false;
    };
  }

  private static Attempt http(HttpClient client) {
    return to -> {
      URI uri = URI.create("http://127.0.0.1:" + to.getPort() + "/");
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(SHORT).build();
      try {
        client.send(request, BodyHandlers.discarding());
        return null;
      } catch (IOException | Error e) {
        return e;
      }
    };
  }

  private static void provoke(String what, InetSocketAddress there, Transport transport)
      throws Exception {
    EventLoopGroup group = ClientTransport.group(transport);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channelFactory(ClientTransport.channels(transport))
            .handler(new Nothing());
    provoke(
        what,
        there,
        to -> {
          ChannelFuture future = bootstrap.connect(to);
          if (!future.await(10, TimeUnit.SECONDS)) {
            return new AssertionError("does not end");
          }
          if (future.isSuccess()) { // others have no event loop
            future.channel().close().await(10, TimeUnit.SECONDS);
          }
          return future.cause();
        });
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
  }

  private static void provoke(String what, InetSocketAddress there, Attempt attempt)
      throws Exception {
    // Loads the classes, which takes descriptors, too.
    tell(what + " refused", attempt.failure(new InetSocketAddress("127.0.0.1", 1)));
    connected(attempt, there);
    List<Closeable> files = new ArrayList<>();
    String full = useUp(files);
    Throwable error = attempt.failure(there);
    // A connection of before may have ended only now, and has left its file to this one. One that
    // was late ends with this request.
    while (error == null || error instanceof HttpTimeoutException) {
      full = useUp(files);
      error = attempt.failure(there);
    }
    for (Closeable file : files) {
      file.close();
    }
    System.out.println(what + " with " + files.size() + " files: " + full);
    tell(what, error);
    System.out.println(what + " holds ports=" + portsHeld());
    System.out.println(what + " afterwards=" + connected(attempt, there));
  }

  /** Returns what is said when none is left. */
  private static String useUp(List<Closeable> files) {
    while (true) {
      try {
        files.add(new FileInputStream("/dev/null"));
      } catch (IOException e) {
        return e.getMessage();
      }
    }
  }

  /** Tries until the connect is in time, which it need not be at first on a busy host. */
  private static Throwable connected(Attempt attempt, InetSocketAddress there)
      throws InterruptedException {
    Throwable failure = attempt.failure(there);
    while (failure instanceof HttpConnectTimeoutException) {
      failure = attempt.failure(there);
    }
    return failure;
  }

  /** By this library. */
  private static int portsHeld() {
    return HostPorts.shared().ledger().census().stream()
        .mapToInt(census -> census.reserved() + census.connecting() + census.established())
        .sum();
  }

  private static void tell(String what, Throwable error) throws IOException {
    System.out.println(error);
    PortDiagnosis alone = PortDiagnosis.of(error);
    PortDiagnosis checked = PortDiagnosis.of(error, HostNetwork.read(), SocketTable.read());
    System.out.println(
        what + "=" + alone.kind() + ", " + checked.kind() + " " + checked.evidence());
  }
}
