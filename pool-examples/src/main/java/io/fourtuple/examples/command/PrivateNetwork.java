package io.fourtuple.examples.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of our own, in which this program runs once more. It has nothing but a
 * loopback interface, and settings that can be changed without anybody noticing.
 */
public final class PrivateNetwork {
  private static final List<String> UNSHARE = List.of("unshare", "-Urn", "sh", "-c");

  /** Brings loopback up with iproute2 or net-tools, which ordinary users lack in their path. */
  private static final String LOOPBACK_UP =
      "PATH=$PATH:/usr/sbin:/sbin; "
          + "if command -v ip >/dev/null; then ip link set lo up; "
          + "elif command -v ifconfig >/dev/null; then ifconfig lo up; "
          + "else echo 'cannot bring up loopback: install iproute2' >&2; false; fi";

  private static final String SETTINGS_WRITABLE =
      "f=/proc/sys/net/ipv4/ip_local_port_range; cat $f > $f";

  private static final int PROBE_SECONDS = 10;

  /** Exit code of a run that lost the one that began it. */
  private static final int ORPHANED = 1;

  private PrivateNetwork() {}

  /** Why there can be no private network here; empty where there can. */
  public static Optional<String> obstacle() {
    try {
      Process probe =
          new ProcessBuilder(shell(LOOPBACK_UP + " && " + SETTINGS_WRITABLE))
              .redirectErrorStream(true)
              .start();
      probe.getOutputStream().close();
      String said =
          new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        probe.destroyForcibly();
        return Optional.of("unshare -Urn does not end");
      }
      return probe.exitValue() == 0
          ? Optional.empty()
          : Optional.of(said.isEmpty() ? "unshare -Urn: exit code " + probe.exitValue() : said);
    } catch (IOException e) {
      return Optional.of("no unshare (util-linux): " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  /**
   * Runs this program once more, inside, on the same standard streams. Ends it when this process
   * ends.
   *
   * @param outerArguments how many arguments this process was started with
   * @param heap the option that bounds the inner run's heap
   * @param innerArguments what the inner run gets instead
   * @return the inner run's exit code
   */
  public static int run(int outerArguments, String heap, List<String> innerArguments)
      throws IOException, InterruptedException {
    List<String> command = shell(LOOPBACK_UP + " && exec \"$@\"");
    command.add("sh");
    command.addAll(virtualMachine(outerArguments, List.of(heap)));
    command.addAll(innerArguments);
    Process inner = new ProcessBuilder(command).inheritIO().start();
    Thread reaper = new Thread(inner::destroy, "end-inner-run");
    Runtime.getRuntime().addShutdownHook(reaper);
    return inner.waitFor();
  }

  /**
   * Runs this program once more, in the same network. Its standard error is this one's.
   *
   * @param arguments how many arguments this process was started with
   * @param option of the virtual machine
   * @param innerArguments what the other run gets instead
   */
  public static Process again(int arguments, String option, List<String> innerArguments)
      throws IOException {
    return again(arguments, List.of(option), innerArguments);
  }

  /** The same, with several options. */
  public static Process again(int arguments, List<String> options, List<String> innerArguments)
      throws IOException {
    List<String> command = virtualMachine(arguments, options);
    command.addAll(innerArguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Ends this process some seconds after the one that started it is gone, however that died. */
  @SuppressWarnings("FutureReturnValueIgnored") // Nothing is left to be done after the end.
  public static void endWithParent() {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(ORPHANED)));
  }

  /** This process's command line, options and class path included, without the arguments. */
  private static List<String> virtualMachine(int arguments, List<String> options)
      throws IOException {
    String[] line = Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1);
    // The kernel ends each argument with a NUL, so the last part is empty.
    List<String> own = Arrays.asList(line).subList(0, line.length - 1 - arguments);
    List<String> command = new ArrayList<>(own);
    command.set(0, Files.readSymbolicLink(Path.of("/proc/self/exe")).toString());
    command.addAll(1, options);
    return command;
  }

  private static List<String> shell(String script) {
    List<String> command = new ArrayList<>(UNSHARE);
    command.add(script);
    return command;
  }
}
