package io.fourtuple.examples.load;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.examples.incident.Progress;
import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.PortDiagnosis.Kind;
import io.fourtuple.host.SocketTable;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.netty.Transport;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Runs either side, with its own server, in the private network. */
@SuppressWarnings("FutureReturnValueIgnored") // Every end of a caller is counted in a callback.
final class LoadRun {
  /** For each side; what has not ended by then never counts as served. */
  static final int MOST_SECONDS = 25;

  private static final int PROGRESS_MILLIS = 200;
  private static final int SERVER_PORT = 9_001;

  /** The kernel's for callers with a connection each; the other side's is the pool's own. */
  private static final int KERNELS_FIRST = 40_000;

  private static final int OWNED_FIRST = 20_000;

  /** Connects begun and not ended, which have a file descriptor each, before they fail. */
  static final int CONNECTING = 256;

  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private final LoadOptions options;
  private final Progress progress;

  LoadRun(LoadOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Callers that wait for one of the pool's connections, for each of their requests. */
  LoadOutcome throughPool() throws IOException, InterruptedException {
    LoadTally tally = new LoadTally(options.callers());
    Optional<ExecutorService> threads = virtualThreads();
    long start = System.nanoTime();
    try (Echo server = new Echo(SERVER_PORT);
        NettyConnector connector = connector();
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(connector).maxWaiters(options.callers()).build()) {
      PoolCallers callers = new PoolCallers(pool, server.endpoint(), options, tally);
      ScheduledExecutorService live = tellOf("through the pool", tally);
      try {
        for (int i = 0; i < options.callers(); i++) {
          threads.ifPresentOrElse(
              each -> each.execute(callers::callBlocking), () -> callers.call(options.requests()));
        }
        tally.awaitAll(MOST_SECONDS);
      } finally {
        live.shutdownNow();
        threads.ifPresent(ExecutorService::shutdownNow);
      }
      String way = threads.isPresent() ? "pool, virtual threads" : "pool, asynchronous";
      return new LoadOutcome(
          way, tally, server.accepted(), System.nanoTime() - start, diagnoses(tally));
    }
  }

  private NettyConnector connector() throws IOException {
    return NettyConnector.builder()
        .ports(
            HostPorts.builder()
                .sources("127.0.0.1")
                .selection(PortSelection.OWNED)
                .ports(new PortRange(OWNED_FIRST, OWNED_FIRST + options.ports() - 1))
                .headRoom(0)
                .ledger(PortLedger.create(HostNetwork.read().limits()))
                .build())
        .transport(Transport.NIO)
        .handler((channel, destination) -> channel.pipeline().addLast(new Echo.Client()))
        .build();
  }

  /** Callers that connect for themselves, and keep what they get until all are done. */
  LoadOutcome oneConnectionEach() throws IOException, InterruptedException {
    Files.writeString(RANGE, KERNELS_FIRST + " " + (KERNELS_FIRST + options.ports() - 1));
    LoadTally tally = new LoadTally(options.callers());
    long start = System.nanoTime();
    ScheduledExecutorService live = tellOf("a connection each", tally);
    try (Echo server = new Echo(SERVER_PORT);
        ChannelLoop loop = new ChannelLoop()) {
      Bootstrap bootstrap = bootstrap(loop);
      Semaphore room = new Semaphore(CONNECTING);
      long end = start + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
      for (int i = 0; i < options.callers(); i++) {
        if (!room.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
        connect(bootstrap, server, loop, room, tally);
      }
      tally.awaitAll((int) Math.max(1, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime())));
      return new LoadOutcome(
          "a connection each",
          tally,
          server.accepted(),
          System.nanoTime() - start,
          diagnoses(tally));
    } finally {
      live.shutdownNow();
    }
  }

  private static Bootstrap bootstrap(ChannelLoop loop) {
    return new Bootstrap()
        .group(loop.group())
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new Echo.Client());
              }
            });
  }

  private void connect(
      Bootstrap bootstrap, Echo server, ChannelLoop loop, Semaphore room, LoadTally tally) {
    bootstrap
        .connect(server.endpoint().toSocketAddress())
        .addListener(
            connected -> {
              room.release();
              if (connected.isSuccess()) {
                Channel channel = ((ChannelFuture) connected).channel();
                loop.add(channel);
                ask(channel, options.requests(), tally);
              } else {
                tally.failed(connected.cause());
              }
            });
  }

  private static void ask(Channel channel, int left, LoadTally tally) {
    if (left == 0) {
      tally.served();
      return;
    }
    long start = System.nanoTime();
    Echo.Client.ask(channel)
        .whenComplete(
            (answer, error) -> {
              if (error != null) {
                tally.failed(error);
              } else {
                tally.answered(System.nanoTime() - start);
                ask(channel, left - 1, tally);
              }
            });
  }

  private static Map<Kind, PortDiagnosis> diagnoses(LoadTally tally) throws IOException {
    HostNetwork network = HostNetwork.read();
    SocketTable sockets = SocketTable.read();
    Map<Kind, PortDiagnosis> diagnoses = new EnumMap<>(Kind.class);
    tally
        .firsts()
        .forEach((kind, error) -> diagnoses.put(kind, PortDiagnosis.of(error, network, sockets)));
    return diagnoses;
  }

  private ScheduledExecutorService tellOf(String side, LoadTally tally) {
    ScheduledExecutorService live =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    live.scheduleWithFixedDelay(
        () ->
            progress.now(
                String.format(
                    Locale.ROOT,
                    "  %s: %,d of %,d callers served, %,d failed, %,d requests answered",
                    side,
                    tally.servedCallers(),
                    options.callers(),
                    tally.failedCallers(),
                    tally.latencies().count())),
        PROGRESS_MILLIS,
        PROGRESS_MILLIS,
        TimeUnit.MILLISECONDS);
    return live;
  }

  /** A virtual thread for each task, where this Java has them: 21 and later. */
  private static Optional<ExecutorService> virtualThreads() {
    try {
      return Optional.of(
          (ExecutorService)
              MethodHandles.publicLookup()
                  .findStatic(
                      Executors.class,
                      "newVirtualThreadPerTaskExecutor",
                      MethodType.methodType(ExecutorService.class))
                  .invokeExact());
    } catch (NoSuchMethodException older) {
      return Optional.empty();
    } catch (Throwable e) {
      throw new IllegalStateException("no virtual threads, though Java has them", e);
    }
  }
}
