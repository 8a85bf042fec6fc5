package io.fourtuple.examples.beside;

import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Each contestant in each case, in a private network each; see docs/gateway.md. */
final class SideBySide {
  private static final String HELP =
      "wanted: [--ports=64,1024] [--seconds=5] [--warm-up=60] [--rounds=3] [--only=OURS,HAPROXY]"
          + " [--cases=KEEP_ALIVE] [--to=DIR]";

  private SideBySide() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 8 && arguments[0].equals("--inside")) {
      PrivateNetwork.endWithParent();
      Plan plan =
          new Plan(
              Integer.parseInt(arguments[3]),
              Integer.parseInt(arguments[4]),
              Integer.parseInt(arguments[5]),
              Integer.parseInt(arguments[6]));
      Result result = Round.run(plan, Case.valueOf(arguments[1]), Contestant.valueOf(arguments[2]));
      Files.writeString(Path.of(arguments[7]), result.toLine() + "\n", StandardOpenOption.APPEND);
      System.exit(0);
    }
    Map<String, String> options = options(arguments);
    int seconds = Integer.parseInt(options.getOrDefault("--seconds", "5"));
    int warmUp = Integer.parseInt(options.getOrDefault("--warm-up", "60"));
    int rounds = Integer.parseInt(options.getOrDefault("--rounds", "3"));
    List<Plan> plans =
        Stream.of(options.getOrDefault("--ports", "64").split(",", -1))
            .map(ports -> new Plan(Integer.parseInt(ports), seconds, warmUp, rounds))
            .toList();
    Set<Contestant> contestants = EnumSet.allOf(Contestant.class);
    Set<Case> cases = EnumSet.allOf(Case.class);
    String only = options.getOrDefault("--only", "");
    String some = options.getOrDefault("--cases", "");
    contestants.removeIf(
        each ->
            only.isEmpty()
                ? Contestant.LIMITS.contains(each)
                : !List.of(only.split(",")).contains(each.name()));
    cases.removeIf(each -> !some.isEmpty() && !List.of(some.split(",")).contains(each.name()));
    leaveOutWhatIsMissing(cases, contestants);
    boolean isWhole = true;
    for (Plan plan : plans) {
      List<Result> results = run(arguments.length, plan, cases, contestants);
      isWhole &= results.size() == cases.size() * contestants.size();
      String report = Report.table(plan, results);
      System.out.println("\n" + Machine.describe() + "\n\n" + report);
      if (options.containsKey("--to")) {
        write(Path.of(options.get("--to")), plan, results, report);
      }
    }
    System.exit(isWhole ? 0 : 1);
  }

  private static void write(Path to, Plan plan, List<Result> results, String report)
      throws IOException {
    Files.createDirectories(to);
    Files.writeString(to.resolve("results-" + plan.ports() + ".md"), report);
    Files.writeString(to.resolve("served-" + plan.ports() + ".svg"), Bars.served(results));
    if (results.stream().anyMatch(each -> Case.SHORT.contains(each.where()))) {
      Files.writeString(to.resolve("cpu-" + plan.ports() + ".svg"), Bars.cpu(results));
    }
  }

  private static void leaveOutWhatIsMissing(Set<Case> cases, Set<Contestant> contestants) {
    for (Contestant each : Contestant.values()) {
      if (!each.program.isEmpty() && Programs.find(each.program).isEmpty()) {
        contestants.remove(each);
        System.out.println("left out: no " + each.program);
      }
    }
    if (!IoUring.isAvailable()) {
      contestants.removeAll(Set.of(Contestant.OURS_EPOLL, Contestant.BARE_EPOLL)); // as the others
      System.out.println("left out: no io_uring");
    }
    if (Programs.find("wrk").isEmpty() && cases.removeAll(Case.SHORT)) {
      System.out.println("left out: no wrk for " + Case.SHORT);
    }
  }

  private static Map<String, String> options(String[] arguments) {
    Map<String, String> options = new TreeMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split("=", 2);
      boolean known =
          Set.of("--ports", "--seconds", "--warm-up", "--rounds", "--only", "--cases", "--to")
              .contains(parts[0]);
      if (!known || parts.length < 2) {
        System.err.println(HELP);
        System.exit(2);
      }
      options.put(parts[0], parts[1]);
    }
    return options;
  }

  private static List<Result> run(
      int arguments, Plan plan, Set<Case> cases, Set<Contestant> contestants)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("beside", ".results");
    List<Result> results = new ArrayList<>();
    try {
      for (Case where : cases) {
        for (Contestant who : contestants) {
          System.out.println(plan.ports() + " " + where + " " + who + " ...");
          List<String> inside =
              List.of(
                  "--inside",
                  where.name(),
                  who.name(),
                  Integer.toString(plan.ports()),
                  Integer.toString(plan.seconds()),
                  Integer.toString(plan.warmUp()),
                  Integer.toString(plan.rounds()),
                  file.toString());
          int code = PrivateNetwork.run(arguments, "-Xmx256m", inside);
          if (code != 0) {
            System.out.println(where + " " + who + " ended with " + code);
          }
        }
      }
      try (Stream<String> lines = Files.lines(file)) {
        lines.map(Result::parse).forEach(results::add);
      }
      results.forEach(each -> System.out.println(each.toLine()));
      return results;
    } finally {
      Files.delete(file);
    }
  }
}
