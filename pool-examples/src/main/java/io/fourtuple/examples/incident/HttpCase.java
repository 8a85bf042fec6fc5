package io.fourtuple.examples.incident;

import io.fourtuple.port.PortRange;

/** What the server of the command {@code http} is like, and which ports there are. */
enum HttpCase {
  /** Says {@code Connection: close}, and leaves closing to the client: its ports rest for 60 s. */
  CLIENT_CLOSES("the client has to close", Closing.CLIENT_FIRST, 0),
  /** Keeps connections. */
  KEEP_ALIVE("keep-alive", Closing.KEEP_ALIVE, 1);

  private static final int PORTS = 64;
  private static final int FIRST_SERVER = 9_001;
  private static final int FIRST_EPHEMERAL = 40_000;
  private static final int FIRST_OWNED = 20_000;

  private final String label;
  private final Closing closing;
  private final int place;

  HttpCase(String label, Closing closing, int place) {
    this.label = label;
    this.closing = closing;
    this.place = place;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  Closing closing() {
    return closing;
  }

  int serverPort() {
    return FIRST_SERVER + place;
  }

  /** What the kernel picks from. */
  PortRange ephemeral() {
    return block(FIRST_EPHEMERAL);
  }

  /** What this library binds: as many, elsewhere, for OWNED wants ports that nobody else picks. */
  PortRange owned() {
    return block(FIRST_OWNED);
  }

  /** No case has ports of another, so that none inherits resting ones. */
  private PortRange block(int first) {
    return new PortRange(first + place * PORTS, first + place * PORTS + PORTS - 1);
  }
}
