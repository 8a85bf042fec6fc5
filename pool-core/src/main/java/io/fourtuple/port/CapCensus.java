package io.fourtuple.port;

/**
 * How an {@link ExternalCap} stood at one instant, towards the endpoint of a route. It is shared by
 * all routes to that endpoint whose sources carry the cap.
 *
 * @param name the cap's name
 * @param capacity connections that it allows at a time
 * @param live connections in use, being made or being closed, on any of the routes
 * @param cooling connections that have ended, and for which the outside still holds a port
 * @param nanosToNextFree until the next of those is over; -1 where none is cooling
 */
public record CapCensus(String name, int capacity, int live, int cooling, long nanosToNextFree) {

  /** What stands in the way of a new connection. */
  public int used() {
    return live + cooling;
  }

  /** How many connections may begin now, as far as the cap goes. */
  public int free() {
    return Math.max(0, capacity - used());
  }
}
