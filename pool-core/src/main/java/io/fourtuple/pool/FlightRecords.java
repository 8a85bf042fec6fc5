package io.fourtuple.pool;

import io.fourtuple.port.Route;
import java.io.IOException;
import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * Tells the JDK's Flight Recorder what listeners are told. Nothing is made of an event that nobody
 * records, and of acquires only those count that have waited: the others are too many.
 */
@SuppressWarnings("UnusedVariable") // the recorder reads the fields
final class FlightRecords implements PoolListener {
  private static final String FOURTUPLE = "Fourtuple";

  @Name("io.fourtuple.Acquire")
  @Label("Acquire")
  @Description("A caller has got a connection, and had to wait for it")
  @Category(FOURTUPLE)
  @StackTrace(false)
  private static final class Acquire extends Event {
    @Label("Destination")
    String destination = "";

    @Label("Waited")
    @Timespan
    long waited;
  }

  @Name("io.fourtuple.Connect")
  @Label("Connect")
  @Description("A connection was opened")
  @Category(FOURTUPLE)
  @StackTrace(false)
  private static final class Connect extends Event {
    @Label("Destination")
    String destination = "";

    @Label("Route")
    String route = "";

    @Label("Connect Time")
    @Timespan
    long connectTime;
  }

  @Name("io.fourtuple.Refusal")
  @Label("Refusal")
  @Description("A caller has got no connection")
  @Category(FOURTUPLE)
  @StackTrace(false)
  private static final class Refusal extends Event {
    @Label("Destination")
    String destination = "";

    @Label("Type")
    String type = "";

    @Label("Reason")
    String reason = "";
  }

  @Name("io.fourtuple.HighMark")
  @Label("High Mark")
  @Description("The ports of a route have become scarce")
  @Category(FOURTUPLE)
  @StackTrace(false)
  private static final class HighMark extends Event {
    @Label("Route")
    String route = "";
  }

  @Name("io.fourtuple.Exhausted")
  @Label("Exhausted")
  @Description("A route has no port for a connection that is wanted")
  @Category(FOURTUPLE)
  @StackTrace(false)
  private static final class Exhausted extends Event {
    @Label("Destination")
    String destination = "";

    @Label("Route")
    String route = "";
  }

  @Override
  public void acquired(Destination destination, Duration waited) {
    Acquire event = new Acquire();
    if (!waited.isZero() && event.isEnabled()) {
      event.destination = destination.toString();
      event.waited = waited.toNanos();
      event.commit();
    }
  }

  @Override
  public void opened(Destination destination, Route route, Duration connectTime) {
    Connect event = new Connect();
    if (event.isEnabled()) {
      event.destination = destination.toString();
      event.route = route.toString();
      event.connectTime = connectTime.toNanos();
      event.commit();
    }
  }

  @Override
  public void refused(Destination destination, IOException why) {
    Refusal event = new Refusal();
    if (event.isEnabled()) {
      event.destination = destination.toString();
      event.type = why.getClass().getName();
      event.reason = String.valueOf(why.getMessage());
      event.commit();
    }
  }

  @Override
  public void highMark(Route route) {
    HighMark event = new HighMark();
    if (event.isEnabled()) {
      event.route = route.toString();
      event.commit();
    }
  }

  @Override
  public void exhausted(Destination destination, Route route) {
    Exhausted event = new Exhausted();
    if (event.isEnabled()) {
      event.destination = destination.toString();
      event.route = route.toString();
      event.commit();
    }
  }
}
