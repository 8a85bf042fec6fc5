package io.fourtuple.host;

import io.fourtuple.host.ErrorMeaning.Reading;
import io.fourtuple.host.TuningAdvice.Remedy;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an exception says about local ports, in plain words: whether they have run out, or what else
 * it is. Understands those of Java's sockets and HTTP client, and of Netty's transports, on Linux,
 * macOS and Windows, by errno, by words (in English) and by type; wrapped in others or suppressed
 * by them, too. Immutable.
 *
 * <p>An error may claim what is not so: Windows has one error for ports and for memory. With counts
 * at hand the claim is checked, and is never repeated where they say that there are ports.
 *
 * <p>Reads nothing of the host, so it can be made on an event loop.
 *
 * @param kind what is wanting
 * @param evidence what the counts say about the claim
 * @param meaning {@code kind} in a sentence, with what remains unknown
 * @param error the words of the exception itself
 * @param stock the counts, one line for each route that matters, the scarcest first: which ports
 *     there are, how many in use, in TIME_WAIT, and free; empty where nothing was counted
 * @param remedies what to do, in order of worth; empty where nothing here helps
 */
public record PortDiagnosis(
    Kind kind,
    Evidence evidence,
    String meaning,
    String error,
    List<String> stock,
    List<Remedy> remedies) {

  /** What is wanting. */
  public enum Kind {
    /** Local ports: none is left for another connection. */
    NO_LOCAL_PORT,
    /** The one local port that was asked for: somebody has it. */
    PORT_IN_USE,
    /** An address: the source is not on this host, or none here can reach the destination. */
    ADDRESS_NOT_AVAILABLE,
    /** Memory of the kernel's for sockets. */
    NO_MEMORY,
    /** File descriptors, of the process or of the system. */
    NO_FILE_DESCRIPTOR,
    /** Nothing here: the other end, or the way to it. Refused, reset, unreachable, silent. */
    REMOTE,
    /** Something else, or it cannot be told. */
    OTHER
  }

  /** What counts of ports say about a claim that they have run out. */
  public enum Evidence {
    /** None is free where it matters. */
    CONFIRMED,
    /** There are free ones, so {@link PortDiagnosis#kind} is another one. */
    CONTRADICTED,
    /** Nothing was counted, or it decides nothing, or the error has nothing to do with ports. */
    UNCHECKED
  }

  /** Copies the lists. */
  public PortDiagnosis {
    stock = List.copyOf(stock);
    remedies = List.copyOf(remedies);
  }

  /**
   * By the exception alone. Only a {@link PortsExhaustedException} brings counts with it.
   *
   * @param error any exception
   */
  public static PortDiagnosis of(Throwable error) {
    return of(error, found -> StockCheck.NONE);
  }

  /**
   * By the exception, and by what a ledger counted.
   *
   * @param error any exception
   * @param census the routes that the connection might have used, as they stood when it failed;
   *     where the exception names its peer, as Netty's do, those to other peers are left out
   */
  public static PortDiagnosis of(Throwable error, List<PortCensus> census) {
    List<PortCensus> routes = List.copyOf(census);
    return of(error, found -> StockCheck.of(found, routes));
  }

  /**
   * By the exception, and by what the kernel shows of the ports that it picks itself; with what can
   * be done on this host. Sockets that are bound and not connected are not in the table, so they
   * count as free.
   *
   * @param error any exception
   * @param network the host's limits
   * @param sockets the kernel's table, read soon after it failed
   */
  public static PortDiagnosis of(Throwable error, HostNetwork network, SocketTable sockets) {
    return of(error, found -> StockCheck.of(found, network, sockets))
        .withAdvice(TuningAdvice.of(network));
  }

  /** The same with more remedies, where it is ports that are wanting. */
  public PortDiagnosis withAdvice(TuningAdvice advice) {
    if (kind != Kind.NO_LOCAL_PORT) {
      return this;
    }
    List<Remedy> all = Stream.concat(remedies.stream(), advice.remedies().stream()).toList();
    return new PortDiagnosis(kind, evidence, meaning, error, stock, all);
  }

  private interface Check {
    StockCheck of(SocketError error);
  }

  private static PortDiagnosis of(Throwable error, Check check) {
    PortDiagnosis first = null;
    for (List<Throwable> chain : chains(error)) {
      PortDiagnosis diagnosis = of(SocketError.of(chain), check);
      if (diagnosis.kind != Kind.OTHER) {
        return diagnosis;
      }
      first = first == null ? diagnosis : first;
    }
    if (first == null) {
      throw new IllegalStateException("an exception is its own first chain");
    }
    return first;
  }

  /** The exception with its causes, then each suppressed one with its own; each one once. */
  private static List<List<Throwable>> chains(Throwable error) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> heads = new ArrayDeque<>(List.of(error));
    List<List<Throwable>> chains = new ArrayList<>();
    for (Throwable head = heads.poll(); head != null; head = heads.poll()) {
      List<Throwable> chain = new ArrayList<>();
      for (Throwable next = head; next != null && seen.add(next); next = next.getCause()) {
        chain.add(next);
        Collections.addAll(heads, next.getSuppressed());
      }
      if (!chain.isEmpty()) {
        chains.add(chain);
      }
    }
    return chains;
  }

  private static PortDiagnosis of(SocketError error, Check check) {
    PortsExhaustedException refusal = error.find(PortsExhaustedException.class);
    if (refusal != null) {
      return of(refusal);
    }
    ErrorMeaning meaning = ErrorMeaning.of(error);
    StockCheck checked = meaning.concernsPorts() ? check.of(error) : StockCheck.NONE;
    return of(meaning.reading(checked.evidence()), checked, error.words());
  }

  /** The ledger knows what it says; but a route may rest, or be without its source, with ports. */
  private static PortDiagnosis of(PortsExhaustedException refusal) {
    StockCheck checked = StockCheck.of(refusal);
    Reading reading =
        checked.evidence() == Evidence.CONTRADICTED
            ? new Reading(
                Kind.OTHER,
                "not for want of ports: the pool leaves these routes alone for a while, because the"
                    + " kernel refused port after port, or their source was not there")
            : new Reading(Kind.NO_LOCAL_PORT, "no local port is left; the pool's ledger said so");
    return of(reading, checked, "PortsExhaustedException: " + refusal.getMessage());
  }

  private static PortDiagnosis of(Reading reading, StockCheck checked, String words) {
    return new PortDiagnosis(
        reading.kind(),
        checked.evidence(),
        reading.words(),
        words,
        checked.lines(),
        FirstRemedies.of(reading.kind()));
  }

  /** A few lines for an operator: what it is, what was counted, and what to do. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(kind).append(": ").append(meaning).append("\n  error: ").append(error);
    String verdict =
        switch (evidence) {
          case CONFIRMED -> "confirmed by";
          case CONTRADICTED -> "claim contradicted by";
          case UNCHECKED -> "not decided by";
        };
    stock.forEach(line -> text.append("\n  ").append(verdict).append(": ").append(line));
    if (stock.isEmpty() && kind == Kind.NO_LOCAL_PORT) {
      text.append("\n  not checked: no ports were counted");
    }
    for (int i = 0; i < remedies.size(); i++) {
      append(text.append("\n  ").append(i + 1).append(". "), remedies.get(i));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Remedy remedy) {
    text.append(remedy.purpose());
    remedy.commands().forEach(command -> text.append("\n     ").append(command));
    if (!remedy.risk().isEmpty()) {
      text.append("\n     risk: ").append(remedy.risk());
    }
  }
}
