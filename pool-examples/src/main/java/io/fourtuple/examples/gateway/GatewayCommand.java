package io.fourtuple.examples.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** {@code gateway}: runs until SIGTERM or SIGINT, and then lets requests under way end. */
public final class GatewayCommand {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  private static final String NAMES_KEPT = "networkaddress.cache.ttl";

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar gateway [--check] FILE

      Runs a reverse proxy as the file says until SIGTERM or SIGINT; requests under way may
      end then. Clients speak HTTP/1.1, HTTP/2 and WebSocket, upstreams HTTP/1.1.

        --check    says whether the file is right, and runs nothing
        --help     this text

      The file, with defaults where there are some:

      FIELDS
      exit code: 0 ended as asked, 1 could not listen, 2 the arguments or the file were wrong
      """
          .replace("FIELDS\n", ConfigReader.HELP.indent(2));

  private final PrintStream out;
  private final PrintStream err;

  /** Makes it. */
  public GatewayCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs it, and returns the exit code. */
  public int run(List<String> arguments) {
    if (arguments.contains("--help")) {
      out.print(HELP);
      return DONE;
    }
    boolean checks = arguments.size() == 2 && arguments.get(0).equals("--check");
    String file = arguments.isEmpty() ? "" : arguments.get(arguments.size() - 1);
    if (arguments.size() != (checks ? 2 : 1) || file.startsWith("--")) {
      err.println("wanted: gateway [--check] FILE, or --help");
      return MISUSED;
    }
    GatewayConfig config;
    try {
      if (!Files.isRegularFile(Path.of(file))) {
        throw new ConfigException("FILE", "a file that can be read", file);
      }
      config = ConfigReader.read(Path.of(file));
    } catch (ConfigException | IOException e) {
      err.println(file + ": " + e.getMessage());
      return MISUSED;
    }
    if (checks) {
      out.println(file + ": right");
      return DONE;
    }
    return run(config);
  }

  private int run(GatewayConfig config) {
    // The JDK would keep the addresses of a name for longer than the gateway takes them for true.
    if (Security.getProperty(NAMES_KEPT) == null) {
      Security.setProperty(NAMES_KEPT, "1");
    }
    Gateway gateway;
    try {
      gateway = new Gateway(config, config.transport().loops());
    } catch (IOException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return FAILED;
    }
    out.println("listening on " + gateway.address() + ", by " + config.transport().field());
    if (gateway.adminAddress() != null) {
      out.println("http:/" + gateway.adminAddress() + "/ports");
    }
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              gateway.close();
              ended.countDown();
            },
            "drain");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return DONE;
  }
}
