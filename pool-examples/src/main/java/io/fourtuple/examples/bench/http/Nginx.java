package io.fourtuple.examples.bench.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** nginx with one process, on 127.0.0.1, with files and settings in a directory of its own. */
final class Nginx implements AutoCloseable {
  private static final int PORT = 8_080;
  private static final byte[] LOCAL = {127, 0, 0, 1};
  private static final int TRIES = 100;
  private static final int PAUSE_MILLIS = 50;
  private static final int END_SECONDS = 10;

  /** Ends nginx when standard input ends, which it does with this process, however that dies. */
  private static final String SCRIPT =
      "\"$0\" -p \"$1\" -c \"$1/nginx.conf\" -e stderr <&- & read ignored; kill $!; wait";

  private static final String SETTINGS =
      """
      user root;
      daemon off;
      master_process off;
      pid DIRECTORY/nginx.pid;
      error_log stderr error;
      events { worker_connections 1024; }
      http {
        access_log off;
        sendfile on;
        tcp_nopush on;
        tcp_nodelay on;
        keepalive_timeout 1h;
        keepalive_requests 1000000000;
        open_file_cache max=16 inactive=1h;
        open_file_cache_valid 1h;
        default_type application/octet-stream;
        client_body_temp_path DIRECTORY/temp;
        proxy_temp_path DIRECTORY/temp;
        fastcgi_temp_path DIRECTORY/temp;
        uwsgi_temp_path DIRECTORY/temp;
        scgi_temp_path DIRECTORY/temp;
        server {
          listen 127.0.0.1:PORT;
          root DIRECTORY/files;
        }
      }
      """;

  private final Path directory;
  private final Process process;

  private Nginx(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /** The program; empty where there is none. */
  static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(
            Arrays.stream(path.split(":")).filter(part -> !part.isEmpty()),
            Stream.of("/usr/sbin", "/usr/local/sbin"))
        .map(part -> Path.of(part, "nginx"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Starts it; it answers when this returns. */
  static Nginx start(Path program) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("fourtuple-nginx");
    Files.createDirectory(directory.resolve("temp"));
    Path files = Files.createDirectory(directory.resolve("files"));
    for (Body body : Body.values()) {
      byte[] content = "x".repeat(body.bytes()).getBytes(StandardCharsets.US_ASCII);
      Files.write(files.resolve(body.title()), content);
    }
    Files.writeString(
        directory.resolve("nginx.conf"),
        SETTINGS.replace("DIRECTORY", directory.toString()).replace("PORT", String.valueOf(PORT)));
    Process process =
        new ProcessBuilder(List.of("sh", "-c", SCRIPT, program.toString(), directory.toString()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Nginx nginx = new Nginx(directory, process);
    try {
      nginx.awaitAnswer();
    } catch (IOException | InterruptedException e) {
      nginx.close();
      throw e;
    }
    return nginx;
  }

  int port() {
    return PORT;
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    for (int i = 0; ; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getByAddress(LOCAL), PORT));
        return;
      } catch (IOException e) {
        if (i == TRIES || process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          throw new IOException("nginx does not listen", e);
        }
      }
    }
  }

  /** Ends it, and removes its directory. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(Nginx::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
