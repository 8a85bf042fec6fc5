package io.fourtuple.command;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that {@link PortsCommandNamespaceTest} runs: opens so many connections and runs the
 * command beside them, with nothing but the library's own classes.
 */
final class HeldPorts {
  /** Until the program ends. */
  private static final List<Socket> HELD = new ArrayList<>();

  private HeldPorts() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (ServerSocket server = new ServerSocket(9_001, 100, loopback)) {
      for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
        HELD.add(new Socket(loopback, server.getLocalPort()));
        HELD.add(server.accept());
      }
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-cp", arguments[1], PortsCommand.class.getName()));
      command.addAll(List.of(arguments).subList(2, arguments.length));
      System.exit(new ProcessBuilder(command).inheritIO().start().waitFor());
    }
  }
}
