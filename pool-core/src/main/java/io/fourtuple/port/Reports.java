package io.fourtuple.port;

/**
 * Takes what holders of reservations report, moves the port, and counts. Needs the ledger's lock.
 */
final class Reports {
  private final RouteBook book;
  private final SourceNews news;
  private long established;
  private long absorbed;
  private long corrections;
  private boolean tableIsRead;

  Reports(RouteBook book, SourceNews news) {
    this.book = book;
    this.news = news;
  }

  long established() {
    return established;
  }

  long absorbed() {
    return absorbed;
  }

  long corrections() {
    return corrections;
  }

  void corrected(int ports) {
    corrections += ports;
    CorrectionEvent.record(ports);
  }

  /** From now on somebody reads the kernel's table when asked to. */
  void tableIsRead() {
    tableIsRead = true;
  }

  void connecting(PortReservation reservation) {
    advance(reservation, PortState.CONNECTING);
  }

  /** Returns whether the source was gone, and works again. */
  boolean established(PortReservation reservation, int localPort) {
    RoutePorts ports = reservation.ports();
    advance(reservation, PortState.ESTABLISHED);
    if (reservation.port() != localPort) {
      // A permit gets its port now; or the kernel did not heed a pinned one, and wins.
      if (reservation.trackedPort() != 0) {
        corrected(1);
        ports.disown(reservation.trackedPort());
      }
      reservation.localPort(localPort, ports.adopt(localPort));
    }
    boolean isBack = ports.source.isGone();
    if (isBack) {
      news.back(reservation.route().source());
    }
    ports.worked(localPort);
    established++;
    return isBack;
  }

  void closing(PortReservation reservation) {
    if (reservation.state() != PortState.CLOSING) {
      advance(reservation, PortState.CLOSING);
    }
  }

  /**
   * Returns whether the kernel's table can tell more: its answer was a surprise, or nobody has seen
   * who closed first.
   */
  boolean settled(PortReservation reservation, Ending ending, long now) {
    requireUnsettled(reservation);
    RoutePorts ports = reservation.ports();
    int port = reservation.trackedPort();
    if (ending == Ending.TUPLE_TAKEN && ports.refutesTimestamps(port)) {
      book.timestamps(reservation.route().endpoint(), false, now);
    }
    ports.settle(port, reservation.state(), asFarAsKnown(ending), now);
    ports.distrust.settled(reservation);
    ports.source.ends(reservation.route());
    if (ports.cap != null) {
      ports.cap.give(reservation.state(), ending, now);
    }
    reservation.settled(ending);
    if (ending == Ending.SOURCE_GONE) {
      gone(ports.source, reservation.route().source(), now);
    }
    boolean isSurprise = ending == Ending.PORT_TAKEN || ending == Ending.TUPLE_TAKEN;
    absorbed += isSurprise ? 1 : 0;
    boolean isInDoubt = ending == Ending.UNKNOWN && port != 0 && tableIsRead;
    if (isInDoubt) {
      ports.rests.doubt(port);
    }
    return isSurprise || isInDoubt;
  }

  /** Where nobody reads the kernel's table, nobody will ever know more. */
  private Ending asFarAsKnown(Ending ending) {
    return ending == Ending.UNKNOWN && !tableIsRead ? Ending.LOCAL_CLOSED_FIRST : ending;
  }

  /** The address of a source is not on this host. */
  void gone(SourceAddress source, long now) {
    gone(book.source(source), source, now);
  }

  private void gone(SourcePorts ports, SourceAddress source, long now) {
    if (ports.gone(now)) {
      news.gone(source);
    }
  }

  /** The address of a source is on this host, now or again. */
  void added(SourceAddress source) {
    book.announce(source).there();
    news.added(source);
  }

  private static void advance(PortReservation reservation, PortState to) {
    requireUnsettled(reservation);
    reservation.ports().advance(reservation.trackedPort(), reservation.state(), to);
    reservation.state(to);
  }

  private static void requireUnsettled(PortReservation reservation) {
    if (reservation.isSettled()) {
      throw new IllegalStateException("reservation is settled already: " + reservation);
    }
  }
}
