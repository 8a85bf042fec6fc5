package io.fourtuple.examples.bench.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Who is measured, in the order of the table. */
enum HttpEntrant {
  /** The limit. */
  MINIMAL("netty-min", "Netty 4.2.18 alone, no pool"),
  FOURTUPLE("fourtuple", "Fourtuple, callbacks on the event loop"),
  FOURTUPLE_DEFAULT("fourtuple-default", "Fourtuple, threads of its own"),
  FOURTUPLE_SEND("fourtuple-send", "Fourtuple, `send`"),
  AHC("ahc", "AsyncHttpClient 3.0.13"),
  VERTX("vertx", "Vert.x 5.2.0"),
  REACTOR("reactor-netty", "reactor-netty 1.3.6"),
  JETTY("jetty", "Jetty 12.1.14"),
  APACHE("hc5-async", "HttpClient 5.6.5, async"),
  OKHTTP("okhttp", "OkHttp 5.5.1, `enqueue`"),
  OKHTTP_SEND("okhttp-send", "OkHttp 5.5.1, `execute`"),
  JDK("jdk", "JDK, `sendAsync`"),
  JDK_SEND("jdk-send", "JDK, `send`");

  private final String title;
  private final String label;

  HttpEntrant(String title, String label) {
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

  boolean isOurs() {
    return this == FOURTUPLE || this == FOURTUPLE_DEFAULT || this == FOURTUPLE_SEND;
  }

  /** Whether it is somebody else's, and no mere limit. */
  boolean isPeer() {
    return !isOurs() && this != MINIMAL;
  }

  /** Whether it takes part with so many requests at a time. */
  boolean takesPart(int concurrency) {
    return concurrency == 1 || !isBlocking();
  }

  private boolean isBlocking() {
    return this == FOURTUPLE_SEND || this == OKHTTP_SEND || this == JDK_SEND;
  }

  /** What its virtual machine needs beside what all have. */
  List<String> options() {
    // On two processors stages of CompletableFuture would get a new thread each.
    return this == JDK || this == JDK_SEND
        ? List.of("-Djava.util.concurrent.ForkJoinPool.common.parallelism=2")
        : List.of();
  }

  LoadedClient at(Target target) throws Exception {
    return switch (this) {
      case MINIMAL -> new MinimalClient(target);
      case FOURTUPLE -> JavaClient.direct(target);
      case FOURTUPLE_DEFAULT -> JavaClient.standard(target);
      case FOURTUPLE_SEND -> JavaClient.standard(target).blocking();
      case AHC -> new AhcClient(target);
      case VERTX -> new VertxClient(target);
      case REACTOR -> new ReactorClient(target);
      case JETTY -> new JettyClient(target);
      case APACHE -> new ApacheClient(target);
      case OKHTTP -> new OkClient(target);
      case OKHTTP_SEND -> new OkClient(target).blocking();
      case JDK -> JavaClient.jdk(target);
      case JDK_SEND -> JavaClient.jdk(target).blocking();
    };
  }

  static Optional<HttpEntrant> titled(String title) {
    return Arrays.stream(values()).filter(entrant -> entrant.title.equals(title)).findFirst();
  }
}
