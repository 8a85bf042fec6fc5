package io.fourtuple.netty.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A server that says and reads what a test tells it, byte by byte. */
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener;
  private final boolean isTls;
  private final BlockingQueue<Peer> accepted = new LinkedBlockingQueue<>();
  private final List<Peer> all = new ArrayList<>();

  private ScriptedServer(@Nullable SSLContext tls) throws IOException {
    isTls = tls != null;
    listener = tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    Thread thread = new Thread(this::accept, "scripted-server");
    thread.setDaemon(true);
    thread.start();
  }

  static ScriptedServer plain() throws IOException {
    return new ScriptedServer(null);
  }

  static ScriptedServer tls() throws IOException {
    return new ScriptedServer(TestTls.server());
  }

  static ScriptedServer tls(SSLContext context) throws IOException {
    return new ScriptedServer(context);
  }

  static ScriptedServer of(Setup setup) throws IOException {
    return setup.isTls() ? tls() : plain();
  }

  private void accept() {
    try {
      while (true) {
        Peer peer = new Peer(listener.accept());
        synchronized (all) {
          all.add(peer);
        }
        accepted.add(peer);
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  URI uri(String path) {
    return URI.create(
        (isTls ? "https" : "http") + "://localhost:" + listener.getLocalPort() + path);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The next connection. */
  Peer next() throws InterruptedException {
    Peer peer = accepted.poll(Setup.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (peer == null) {
      throw new AssertionError("nobody connected");
    }
    return peer;
  }

  /** How many have connected so far. */
  int connections() {
    synchronized (all) {
      return all.size();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (all) {
      for (Peer peer : all) {
        peer.socket.close();
      }
    }
  }

  /** One connection. */
  static final class Peer {
    final Socket socket;
    private final InputStream in;
    private long discarded;

    private Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(Setup.PATIENCE_SECONDS));
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }

    /** A request's head, with its empty line. */
    String readHead() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("connection ended in a head: " + head);
        }
        head.write(next);
      }
      return head.toString(StandardCharsets.ISO_8859_1);
    }

    String read(int bytes) throws IOException {
      byte[] content = in.readNBytes(bytes);
      if (content.length < bytes) {
        throw new IOException("connection ended after " + content.length + " of " + bytes);
      }
      return new String(content, StandardCharsets.ISO_8859_1);
    }

    /** A chunked body, without its frame. */
    String readChunked() throws IOException {
      StringBuilder body = new StringBuilder();
      int size;
      do {
        size = Integer.parseInt(readLine(), 16);
        body.append(read(size));
        readLine();
      } while (size > 0);
      return body.toString();
    }

    private String readLine() throws IOException {
      StringBuilder line = new StringBuilder();
      int next;
      while ((next = in.read()) != '\n') {
        if (next < 0) {
          throw new IOException("connection ended in a line");
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }

    Peer send(String bytes) throws IOException {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    }

    /** Each in a TLS record of its own, and all in one segment as far as TCP allows. */
    Peer sendRecords(String... records) throws IOException {
      socket.setTcpNoDelay(false);
      for (String record : records) {
        send(record);
      }
      socket.setTcpNoDelay(true);
      return this;
    }

    /** A response with that body. */
    Peer respond(String body) throws IOException {
      return send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    void close() throws IOException {
      socket.close();
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Whether more was sent than was read, as far as is known. */
    boolean hasInput() throws IOException {
      return in.available() > 0;
    }

    /** Bytes that came while the end was waited for. */
    long discarded() {
      return discarded;
    }

    /** Waits until the client has closed, in whatever way. */
    void awaitEnd() {
      try {
        byte[] rest = new byte[8_192];
        int count;
        while ((count = in.read(rest)) >= 0) {
          discarded += count;
        }
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the client keeps the connection", e);
      } catch (IOException reset) {
        // an end too
      }
    }
  }
}
