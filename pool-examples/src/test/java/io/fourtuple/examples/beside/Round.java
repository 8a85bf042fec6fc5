package io.fourtuple.examples.beside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One contestant in one case, inside a private network. */
final class Round {
  private final Plan plan;
  private final Case where;
  private final Contestant who;
  private final Path directory;

  private Round(Plan plan, Case where, Contestant who, Path directory) {
    this.plan = plan;
    this.where = where;
    this.who = who;
    this.directory = directory;
  }

  static Result run(Plan plan, Case where, Contestant who)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("beside");
    int sources = where == Case.GROWING ? 1 : 2;
    Setting at = new Setting(directory, sources, Plan.BACK_ENDS);
    try (World world = World.make(plan, sources);
        Proxy proxy = Proxy.start(who, at)) {
      return new Round(plan, where, who, directory).run(world, proxy);
    } finally {
      delete(directory);
    }
  }

  private Result run(World world, Proxy proxy) throws IOException, InterruptedException {
    return switch (where) {
      case KEEP_ALIVE -> load(world, proxy, BackEnd.KEPT);
      case CLOSING -> load(world, proxy, BackEnd.CLOSING);
      case LONG_LIVED -> hold(world, plan.longLived());
      case BEYOND -> holdAll(world);
      case GROWING -> grow(world, proxy);
      case NEIGHBOUR -> holdBesideNeighbour(world);
    };
  }

  private Result holdBesideNeighbour(World world) throws IOException {
    try (Neighbour neighbour = new Neighbour(plan)) {
      Result all = hold(world, plan.besideNeighbour());
      return new Result(where, who, all.answers(), Cpu.NONE, all.peakPorts() - neighbour.size());
    }
  }

  private Result load(World world, Proxy proxy, String path)
      throws IOException, InterruptedException {
    warmUp(world, path);
    List<Result> rounds = new ArrayList<>();
    for (int i = 0; i < plan.rounds(); i++) {
      Pause.until("no port rests", Plan.REST, PeakPorts::noneRests);
      try (PeakPorts ports = new PeakPorts()) {
        Cpu before = proxy.cpu();
        Answers answers = Calls.run(world, directory, plan.seconds(), path);
        rounds.add(new Result(where, who, answers, proxy.cpu().minus(before), ports.peak()));
      }
    }
    rounds.sort(Comparator.comparingDouble(Result::cpuPerRequest));
    return rounds.get(rounds.size() / 2);
  }

  /** Loads of the length of a round: a JVM has to compile how clients come and go, too. */
  private void warmUp(World world, String path) throws IOException, InterruptedException {
    for (int left = plan.warmUp(); left > 0; left -= plan.seconds()) {
      Calls.run(world, directory, Math.min(left, plan.seconds()), path);
    }
  }

  private Result hold(World world, int count) throws IOException {
    try (PeakPorts ports = new PeakPorts()) {
      Answers answers = world.open(count);
      return new Result(where, who, answers, Cpu.NONE, ports.peak());
    }
  }

  /** How long a refusal takes is seen when all ports are in use, and whoever starts has started. */
  private Result holdAll(World world) throws IOException {
    try (PeakPorts ports = new PeakPorts()) {
      Answers first = world.open(plan.beyond()).and(world.open(Plan.LATECOMERS));
      Answers late = world.open(Plan.LATECOMERS);
      Answers all = first.and(late).refusedAs(late);
      return new Result(where, who, all, Cpu.NONE, ports.peak());
    }
  }

  private Result grow(World world, Proxy proxy) throws IOException, InterruptedException {
    try (PeakPorts ports = new PeakPorts()) {
      Answers before = world.open(plan.beforeGrowth());
      World.addSource(1);
      List<String> all = Plan.backEnds(Plan.BACK_ENDS + 1);
      world.addBackEnd(all.get(all.size() - 1));
      who.grow(new Setting(directory, 2, all.size()), proxy);
      Pause.of(Plan.NEWS);
      Answers after = world.open(plan.afterGrowth() - plan.beforeGrowth());
      return new Result(where, who, before.and(after), Cpu.NONE, ports.peak());
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
