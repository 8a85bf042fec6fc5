package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The other end: listens on one endpoint, and does as told. Faults are met by connects one after
 * the other, in the order in which they were scripted; after them all is well again.
 */
public final class SimulatedPeer {
  private final Endpoint endpoint;
  private final SimulatedKernel kernel;
  private final Deque<Fault> script = new ArrayDeque<>();
  private Mood mood = Mood.LISTENING;
  private Farewell farewell = Farewell.CLOSES_TOO;
  private boolean timestamps = true;
  private long silentUntil;
  private int allowed = 1;

  SimulatedPeer(Endpoint endpoint, SimulatedKernel kernel) {
    this.endpoint = endpoint;
    this.kernel = kernel;
  }

  /** What goes wrong with one connect. */
  public record Fault(Kind kind, Duration delay) {
    /** The kinds of fault. */
    public enum Kind {
      REFUSE,
      BLACKHOLE,
      RESET,
      SLOW,
      HANDSHAKE,
      ADDRESS_IN_USE
    }
  }

  /** What the peer does when our FIN arrives. */
  public enum Farewell {
    /** Closes its end too. */
    CLOSES_TOO,
    /** Acknowledges it and keeps its end open. */
    KEEPS_OPEN
  }

  private enum Mood {
    LISTENING,
    STOPPED,
    VANISHED
  }

  /** Where it listens. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** The next connect is answered with a reset. */
  public SimulatedPeer refuse() {
    return then(Fault.Kind.REFUSE, Duration.ZERO);
  }

  /** The next connect is never answered. */
  public SimulatedPeer blackhole() {
    return then(Fault.Kind.BLACKHOLE, Duration.ZERO);
  }

  /** The next connection is reset as soon as it stands. */
  public SimulatedPeer reset() {
    return then(Fault.Kind.RESET, Duration.ZERO);
  }

  /** The next connect is answered so much later. */
  public SimulatedPeer slow(Duration delay) {
    return then(Fault.Kind.SLOW, delay);
  }

  /** The next connection stands, but its handshake (TLS) fails. */
  public SimulatedPeer failHandshake() {
    return then(Fault.Kind.HANDSHAKE, Duration.ZERO);
  }

  /** The next connect here meets EADDRINUSE at bind. */
  public SimulatedPeer addressInUse() {
    return then(Fault.Kind.ADDRESS_IN_USE, Duration.ZERO);
  }

  /** The next connect passes: a gap in the script. */
  public SimulatedPeer accept() {
    return then(Fault.Kind.SLOW, Duration.ZERO);
  }

  private SimulatedPeer then(Fault.Kind kind, Duration delay) {
    script.add(new Fault(kind, delay));
    return this;
  }

  /** What the next connect meets; null for nothing. */
  @Nullable Fault nextFault() {
    return script.poll();
  }

  /** Listens no more; what is connected stays. */
  public void stop() {
    mood = Mood.STOPPED;
  }

  /** Listens (again), and answers. */
  public void start() {
    mood = Mood.LISTENING;
  }

  /** Gone without a word: answers nothing, knows nothing, until {@link #start}. */
  public void vanish() {
    mood = Mood.VANISHED;
  }

  /** Ends as a process does: every connection is reset, connects are refused until start. */
  public void crash() {
    stop();
    kernel.connectedTo(endpoint).forEach(kernel::peerResets);
  }

  /** Crashes and listens again at once. */
  public void restart() {
    crash();
    start();
  }

  /** Closes all its connections in order, as an idle timer of a server does. */
  public void closeAll() {
    kernel.connectedTo(endpoint).forEach(kernel::peerCloses);
  }

  /** Its process sleeps for a while: its kernel answers, but our FIN waits for its own. */
  public void pause(Duration length) {
    silentUntil = kernel.time().elapsedNanos() + length.toNanos();
  }

  /** How many leases a connection can carry at once that is begun from now on; 1 at first. */
  public SimulatedPeer allows(int most) {
    allowed = most;
    return this;
  }

  int allowed() {
    return allowed;
  }

  /** What to do when our FIN arrives, from now on. */
  public SimulatedPeer farewell(Farewell other) {
    farewell = other;
    return this;
  }

  /** Offers no TCP timestamps from now on. */
  public SimulatedPeer withoutTimestamps() {
    timestamps = false;
    kernel.disturbed = true;
    return this;
  }

  Farewell farewell() {
    return farewell;
  }

  boolean hasTimestamps() {
    return timestamps;
  }

  boolean listens() {
    return mood == Mood.LISTENING;
  }

  boolean hasVanished() {
    return mood == Mood.VANISHED;
  }

  /** How long its process sleeps yet. */
  Duration silence() {
    return Duration.ofNanos(Math.max(0, silentUntil - kernel.time().elapsedNanos()));
  }
}
