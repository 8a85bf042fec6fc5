package io.fourtuple.netty;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.Volume;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** What the tests with containers have in common. */
@SuppressWarnings("exports") // tests are no module's exports
public final class Containers {
  /** By which {@code .ci/run} finds what a killed test has left. */
  private static final Map<String, String> LABEL =
      Map.of("io.fourtuple.it", System.getProperty("fourtuple.it.run", "by-hand"));

  private static final int SUBNETS_TO_TRY = 32;

  private Containers() {}

  /** Null where engine and image are there, else what is missing. */
  static String missing() {
    // The name first: without one the engine's own probes would want an image of a registry.
    String name = System.getProperty("fourtuple.it.image", "");
    if (name.isEmpty()) {
      return "fourtuple.it.image is not set; .ci/image builds and prints it";
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return "no Docker engine answers";
    }
    try {
      DockerClientFactory.lazyClient().inspectImageCmd(name).exec();
      return null;
    } catch (NotFoundException e) {
      return "the engine has no image " + name + "; .ci/image builds it";
    }
  }

  /** A container of our image with this address, or with any, that may change its own network. */
  public static GenericContainer<?> on(Subnet subnet, String address) {
    return new GenericContainer<>(DockerImageName.parse(System.getProperty("fourtuple.it.image")))
        .withNetwork(subnet.network)
        .withLabels(LABEL)
        .withCreateContainerCmdModifier(
            create ->
                create.withIpv4Address(address).getHostConfig().withCapAdd(Capability.NET_ADMIN));
  }

  /** An nginx that listens on ports 80 and 81 of all its addresses. */
  static GenericContainer<?> nginx(Subnet subnet, String address, String... moreAddresses) {
    String configuration =
        """
        daemon off; worker_processes 1; error_log stderr notice; pid /run/nginx.pid;
        events { worker_connections 2048; }
        http {
          access_log off; keepalive_timeout 60s; keepalive_requests 100000;
          server { listen 80; listen 81; location / { return 200 'served'; } }
        }
        """;
    StringBuilder command = new StringBuilder();
    for (String more : moreAddresses) {
      command.append("ip addr add ").append(more).append("/24 dev eth0; ");
    }
    return on(subnet, address)
        .withCopyToContainer(Transferable.of(configuration), "/etc/nginx/it.conf")
        .withCommand("sh", "-c", command + "exec nginx -c /etc/nginx/it.conf")
        .waitingFor(Wait.forLogMessage(".*start worker process .*", 1));
  }

  /** This JVM's JDK and class path, at their own places, to be read only. */
  public static List<Bind> thisProgram() throws IOException {
    List<Path> needed = new ArrayList<>();
    needed.add(Path.of(System.getProperty("java.home")).toRealPath());
    // Debian's JDK keeps its settings there, behind links.
    try (Stream<Path> settings = Files.list(Path.of("/etc"))) {
      settings
          .filter(path -> path.getFileName().toString().startsWith("java"))
          .forEach(needed::add);
    }
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (Files.exists(Path.of(entry))) {
        needed.add(Path.of(entry).toAbsolutePath().normalize());
      }
    }
    return needed.stream()
        .distinct()
        .map(path -> new Bind(path.toString(), new Volume(path.toString()), AccessMode.ro))
        .toList();
  }

  /** Runs a command in a container, and fails where it fails. */
  public static String sh(GenericContainer<?> container, String command)
      throws IOException, InterruptedException {
    var result = container.execInContainer("sh", "-c", command);
    if (result.getExitCode() != 0) {
      throw new AssertionError(command + ": " + result);
    }
    return result.getStdout();
  }

  /** A network of our own, whose addresses can be chosen. */
  public static final class Subnet implements AutoCloseable {
    private final Network network;
    private final String prefix;

    private Subnet(Network network, String prefix) {
      this.network = network;
      this.prefix = prefix;
    }

    /** The first that nobody uses. */
    public static Subnet create() {
      for (int i = 0; ; i++) {
        String prefix = "10.213." + i + ".";
        Network network =
            Network.builder()
                .createNetworkCmdModifier(
                    create ->
                        create
                            .withLabels(LABEL)
                            .withIpam(
                                new Ipam()
                                    .withConfig(
                                        new Ipam.Config()
                                            .withSubnet(prefix + "0/24")
                                            .withGateway(prefix + "1"))))
                .build();
        try {
          network.getId(); // makes it
          return new Subnet(network, prefix);
        } catch (DockerException overlaps) {
          if (i == SUBNETS_TO_TRY) {
            throw overlaps;
          }
        }
      }
    }

    /** By which the engine knows it. */
    public String id() {
      return network.getId();
    }

    /** The address with this last number; 1 is the host's. */
    public String address(int last) {
      return prefix + last;
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
