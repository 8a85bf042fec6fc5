package io.fourtuple.examples.beside;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another network, joined to this one by a cable: its ports are no ports of the proxy's. */
final class World implements AutoCloseable {
  private static final String PROXYS_END = "proxy0";
  private static final String WORLDS_END = "world0";

  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;

  private World(Process process) {
    this.process = process;
    orders = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** This network gets its range of ports, the other its back ends. */
  static World make(Plan plan, int sources) throws IOException, InterruptedException {
    Files.writeString(
        Path.of("/proc/sys/net/ipv4/ip_local_port_range"),
        Plan.FIRST_PORT + " " + (Plan.FIRST_PORT + plan.ports() - 1));
    List<String> command = new ArrayList<>(List.of("unshare", "--net"));
    command.addAll(java("-Xmx256m", WorldMain.class.getName()));
    World world =
        new World(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    Runtime.getRuntime().addShutdownHook(new Thread(world.process::destroy, "end-world"));
    world.awaitItsNetwork();
    run("ip link add PROXYS_END type veth peer name WORLDS_END netns " + world.process.pid());
    run("ip link set PROXYS_END up");
    for (int i = 0; i < sources; i++) {
      addSource(i);
    }
    world.inside("ip link set lo up");
    world.inside("ip link set WORLDS_END up");
    world.inside("ip addr add " + Plan.NETWORK + "51/24 dev WORLDS_END");
    for (String address : Plan.backEnds(Plan.BACK_ENDS)) {
      world.addBackEnd(address);
    }
    return world;
  }

  /** The command of a Java program with this class path. */
  static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.add("-Dorg.slf4j.simpleLogger.log.access=error"); // nobody else writes one
    command.addAll(List.of(arguments));
    return command;
  }

  private void awaitItsNetwork() throws IOException {
    Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    Path its = Path.of("/proc", Long.toString(process.pid()), "ns", "net");
    Pause.until(
        "the other network is there",
        () -> process.isAlive() && !Files.readSymbolicLink(its).equals(ours));
  }

  static void addSource(int index) throws IOException, InterruptedException {
    run("ip addr add " + Plan.SOURCES.get(index) + "/24 dev PROXYS_END");
  }

  void addBackEnd(String address) throws IOException, InterruptedException {
    inside("ip addr add " + address + "/24 dev WORLDS_END");
    String answer = order("listen " + address);
    if (!"listening".equals(answer)) {
      throw new IOException("no back end: " + answer);
    }
  }

  Answers open(int count) throws IOException {
    return Answers.parse(String.valueOf(order("open " + count)));
  }

  private String order(String order) throws IOException {
    orders.println(order);
    return answers.readLine();
  }

  /** What starts a program in there. */
  List<String> entered(List<String> command) {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--net=/proc/" + process.pid() + "/ns/net"));
    all.addAll(command);
    return all;
  }

  private void inside(String command) throws IOException, InterruptedException {
    run(String.join(" ", entered(List.of(command))));
  }

  private static void run(String command) throws IOException, InterruptedException {
    String line = command.replace("PROXYS_END", PROXYS_END).replace("WORLDS_END", WORLDS_END);
    String said = output(List.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + line));
    if (!said.isEmpty()) {
      throw new IOException(line + ": " + said);
    }
  }

  /** What a program prints until it ends. */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
