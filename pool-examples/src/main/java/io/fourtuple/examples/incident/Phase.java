package io.fourtuple.examples.incident;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The phases of the scenario, in the order in which they run. */
@SuppressWarnings("ImmutableEnumChecker") // It cannot know that the records are immutable.
enum Phase {
  PLAIN(
      "plain",
      "no pool: connections one by one, round robin, until one fails",
      new Setting(Way.PLAIN, 1, 4, null),
      Load.untilFailure(256),
      Promise.failureAfter(256)),
  PLAIN_BOUND(
      "plain-bound",
      "the same with a source address, bind(ip, 0)",
      new Setting(Way.PLAIN_BOUND, 1, 4, null),
      Load.untilFailure(64),
      Promise.failureAfter(64)),
  POOL(
      "pool",
      "10,000 callers at once, keep-alive",
      new Setting(Way.OWNED, 1, 4, null),
      Load.crowd(),
      Promise.allServedAtPeak(10_000, 256)),
  POOL_2_SOURCES(
      "pool-2-sources",
      "the same from two source addresses",
      new Setting(Way.OWNED, 2, 4, null),
      Load.crowd(),
      Promise.allServedAtPeak(10_000, 512)),
  POOL_5_BACKENDS(
      "pool-5-backends",
      "the same to five back ends",
      new Setting(Way.OWNED, 1, 5, null),
      Load.crowd(),
      Promise.allServedAtPeak(10_000, 320)),
  CHURN_OWNED_SERVER_FIRST(
      "churn-owned-server-first",
      "a connection per request, the server closes first",
      new Setting(Way.OWNED, 1, 4, 0),
      Load.churn(Closing.SERVER_FIRST),
      Promise.allServed(20_000)),
  CHURN_OWNED_CLIENT_FIRST(
      "churn-owned-client-first",
      "a connection per request, the client closes first",
      new Setting(Way.OWNED, 1, 4, 0),
      Load.churn(Closing.CLIENT_FIRST),
      Promise.allServed(20_000)),
  CHURN_PINNED_CLIENT_FIRST(
      "churn-pinned-client-first",
      "the same where TIME_WAIT counts, deadline 10 s",
      new Setting(Way.PINNED, 1, 4, 0),
      Load.churnInVain(),
      Promise.refusedAfter(256, 20_000)),
  CHURN_KERNEL_CLIENT_FIRST(
      "churn-kernel-client-first",
      "the same with ports picked by the kernel",
      new Setting(Way.KERNEL, 1, 4, 0),
      Load.churnInVain(),
      Promise.refusedAfter(256, 20_000)),
  CHURN_PINNED_TW_REUSE(
      "churn-pinned-tw-reuse",
      "TIME_WAIT ends after 1 s: callers wait for it",
      new Setting(Way.PINNED, 1, 4, 1),
      new Load(1_500, 1_500, Duration.ofSeconds(30), Closing.CLIENT_FIRST),
      Promise.allServed(1_500));

  /** Ports in the block of each phase. */
  static final int BLOCK = 64;

  private final String title;
  private final String summary;
  private final Setting setting;
  private final Load load;
  private final Promise promise;

  Phase(String title, String summary, Setting setting, Load load, Promise promise) {
    this.title = title;
    this.summary = summary;
    this.setting = setting;
    this.load = load;
    this.promise = promise;
  }

  /**
   * Where the connections go, and from where.
   *
   * @param way how local ports are picked
   * @param sources how many source addresses
   * @param backEnds how many back ends
   * @param timeWaitReuse what {@code tcp_tw_reuse} must be; null where it does not matter
   */
  record Setting(Way way, int sources, int backEnds, @Nullable Integer timeWaitReuse) {}

  /**
   * What is asked of the client.
   *
   * @param requests how many in all
   * @param inFlight how many at a time
   * @param deadline how long a caller waits for a connection
   * @param closing who closes the connections
   */
  record Load(int requests, int inFlight, Duration deadline, Closing closing) {
    /** One connection at a time, one more than there is room for. */
    static Load untilFailure(int room) {
      return new Load(room + 1, 1, Duration.ofSeconds(5), Closing.KEEP_ALIVE);
    }

    /** Everybody at once. */
    static Load crowd() {
      return new Load(10_000, 10_000, Duration.ofSeconds(30), Closing.KEEP_ALIVE);
    }

    /** Many short connections, as many at a time as fit. */
    static Load churn(Closing closing) {
      return new Load(20_000, 256, Duration.ofSeconds(30), closing);
    }

    /**
     * Few at a time, who would wait longer than a slow machine pauses, and not until TIME_WAIT
     * ends.
     */
    static Load churnInVain() {
      return new Load(20_000, 8, Duration.ofSeconds(10), Closing.CLIENT_FIRST);
    }
  }

  /**
   * What the phase must show.
   *
   * @param succeeded requests answered
   * @param refused callers refused early, with an estimate
   * @param failed callers with any other error; as many see the kernel's refusal
   * @param peakPorts ports that the kernel shows in use; null where nothing is promised
   */
  record Promise(int succeeded, int refused, int failed, @Nullable Integer peakPorts) {
    static Promise failureAfter(int opened) {
      return new Promise(opened, 0, 1, opened);
    }

    static Promise allServedAtPeak(int requests, int peak) {
      return new Promise(requests, 0, 0, peak);
    }

    static Promise allServed(int requests) {
      return new Promise(requests, 0, 0, null);
    }

    static Promise refusedAfter(int succeeded, int requests) {
      return new Promise(succeeded, requests - succeeded, 0, null);
    }
  }

  /** The phase of that title, if there is one. */
  static Optional<Phase> titled(String title) {
    return Arrays.stream(values()).filter(phase -> phase.title.equals(title)).findFirst();
  }

  /** All titles, one after the other. */
  static String titles() {
    return Arrays.stream(values()).map(Phase::title).collect(Collectors.joining(", "));
  }

  /** As users write it. */
  String title() {
    return title;
  }

  /** One line for readers. */
  String summary() {
    return summary;
  }

  Setting setting() {
    return setting;
  }

  Load load() {
    return load;
  }

  Promise promise() {
    return promise;
  }

  /** Connections that can exist at a time. */
  int capacity() {
    int multiplied = setting.way.sharesPortsAmongEndpoints() ? setting.backEnds : 1;
    return setting.sources * multiplied * BLOCK;
  }

  /** How {@link #capacity()} comes about: {@code 2 sources x 4 endpoints x 64 ports = 512}. */
  String arithmetic() {
    List<String> factors =
        setting.way.sharesPortsAmongEndpoints()
            ? List.of(
                counted(setting.sources, "source"),
                counted(setting.backEnds, "endpoint"),
                counted(BLOCK, "port"))
            : List.of(counted(setting.sources, "source"), counted(BLOCK, "port"));
    return String.join(" x ", factors) + " = " + capacity();
  }

  /** The source addresses: 127.0.0.1 and its successors, which need no set-up on loopback. */
  List<String> sourceAddresses() {
    return List.of("127.0.0.1", "127.0.0.2").subList(0, setting.sources);
  }

  private static String counted(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
