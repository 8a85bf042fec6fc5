package io.fourtuple.examples.bench;

import io.fourtuple.examples.bench.Fourtuple.Form;
import java.util.Arrays;
import java.util.Optional;

/** Who is measured, in the order of the table. */
public enum Entrant {
  /** The limit. */
  FLOOR("floor", "one compare-and-set, one store, in a slot of one's own"),
  /** The clock. */
  CLOCK("clock", "two clock reads"),
  /** This library, without waiting. */
  IMMEDIATE("fourtuple", "Fourtuple, `tryAcquire`"),
  /** This library, waiting. */
  BLOCKING("fourtuple-blocking", "Fourtuple, `acquire`"),
  /** This library, called back. */
  CALLBACK("fourtuple-callback", "Fourtuple, `acquire` with callback"),
  /** The pool inside of HikariCP. */
  HIKARI("hikaricp", "HikariCP 7.1.0 `ConcurrentBag`"),
  /** Stormpot. */
  STORMPOT("stormpot", "Stormpot 3.2"),
  /** Apache Commons Pool. */
  COMMONS("commons-pool2", "Commons Pool 2.13.1"),
  /** The pool under reactor-netty. */
  REACTOR("reactor-pool", "reactor-pool 1.2.6, `block()`"),
  /** The pool in Jetty's HTTP client. */
  JETTY("jetty", "Jetty 12.1.14 `ConcurrentPool`"),
  /** The default pool in Apache HttpClient. */
  HTTPCORE_STRICT("httpcore-strict", "HttpCore 5.4.4 `StrictConnPool`"),
  /** The other one. */
  HTTPCORE_LAX("httpcore-lax", "HttpCore 5.4.4 `LaxConnPool`");

  private final String title;
  private final String label;

  Entrant(String title, String label) {
    this.title = title;
    this.label = label;
  }

  /** Its name on the command line. */
  String title() {
    return title;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  /** Whether it is this library. */
  boolean isOurs() {
    return this == IMMEDIATE || this == BLOCKING || this == CALLBACK;
  }

  /** A pool that is full of idle connections. */
  Contestant with(int connections) throws Exception {
    return switch (this) {
      case FLOOR -> new Floor();
      case CLOCK -> new TwoClockReads();
      case IMMEDIATE -> new Fourtuple(Form.IMMEDIATE, connections);
      case BLOCKING -> new Fourtuple(Form.BLOCKING, connections);
      case CALLBACK -> new Fourtuple(Form.CALLBACK, connections);
      case HIKARI -> new HikariBag(connections);
      case STORMPOT -> new StormpotPool(connections);
      case COMMONS -> new CommonsPool(connections);
      case REACTOR -> new ReactorPool(connections);
      case JETTY -> new JettyPool(connections);
      case HTTPCORE_STRICT -> HttpCorePool.strict(connections);
      case HTTPCORE_LAX -> HttpCorePool.lax(connections);
    };
  }

  static Optional<Entrant> titled(String title) {
    return Arrays.stream(values()).filter(entrant -> entrant.title.equals(title)).findFirst();
  }
}
