package io.fourtuple.examples.gateway;

import io.fourtuple.examples.Main;
import io.fourtuple.netty.Containers;
import io.fourtuple.netty.Containers.Subnet;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;

/** Programs of this class path in containers, and what a gateway in one says of itself. */
final class GatewayContainer {
  static final int PORT = 8080;

  /** Of all back ends, in the network's DNS. */
  private static final String NAME = "back.ends";

  /** Where requests go to the back ends by their name, and not by a list of their addresses. */
  static final String BY_NAME = "/by-name";

  private static final int ADMIN_PORT = 9090;
  private static final int MILLIS = 5_000;

  private GatewayContainer() {}

  static GenericContainer<?> gateway(Subnet subnet, String address, List<String> backEnds)
      throws IOException {
    String configuration =
        """
        listen = 0.0.0.0:%d
        admin = 0.0.0.0:%d
        upstream.shop = %s
        upstream.named = %s:%d
        route./ = shop
        route.%s = named
        acquire-timeout = 1s
        response-timeout = 1s
        idle-timeout = 5s
        """
            .formatted(
                PORT,
                ADMIN_PORT,
                backEnds.stream()
                    .map(backEnd -> backEnd + ":" + BackEndProgram.PORT)
                    .collect(Collectors.joining(", ")),
                NAME,
                BackEndProgram.PORT,
                BY_NAME);
    return java(subnet, address, Main.class, "gateway", "/tmp/gateway.conf")
        .withCopyToContainer(Transferable.of(configuration), "/tmp/gateway.conf")
        .waitingFor(Wait.forLogMessage(".*listening on.*", 1));
  }

  static GenericContainer<?> backEnd(Subnet subnet, String address, String name)
      throws IOException {
    return java(subnet, address, BackEndProgram.class, name)
        .withNetworkAliases(NAME)
        .waitingFor(Wait.forLogMessage(".*" + BackEndProgram.READY + ".*", 1));
  }

  private static GenericContainer<?> java(
      Subnet subnet, String address, Class<?> program, String... arguments) throws IOException {
    var needed = Containers.thisProgram();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.add("-Dsun.net.httpserver.nodelay=true"); // else head and body are 40 ms apart
    command.add("-Dorg.slf4j.simpleLogger.log.access=warn");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return Containers.on(subnet, address)
        .withCreateContainerCmdModifier(create -> create.getHostConfig().withBinds(needed))
        .withCommand(command.toArray(String[]::new));
  }

  /** The sum of all meters with this name, and this text in it. */
  static long metric(String address, String name, String tag) throws IOException {
    double sum = 0;
    for (String line : page(address, "/metrics").lines().toList()) {
      if ((line.startsWith(name + "{") || line.startsWith(name + " ")) && line.contains(tag)) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ')));
      }
    }
    return Math.round(sum);
  }

  static String page(String address, String path) throws IOException {
    URLConnection connection =
        URI.create("http://" + address + ":" + ADMIN_PORT + path).toURL().openConnection();
    connection.setConnectTimeout(MILLIS);
    connection.setReadTimeout(MILLIS);
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How many connections to back ends the kernel of a container has, in this state. */
  static long inKernel(GenericContainer<?> gateway, String hexState)
      throws IOException, InterruptedException {
    String remotePort = ":%04X".formatted(BackEndProgram.PORT);
    return Containers.sh(gateway, "cat /proc/net/tcp /proc/net/tcp6")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(cells -> cells[2].endsWith(remotePort) && cells[3].equals(hexState))
        .count();
  }
}
