package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import java.util.ArrayDeque;
import java.util.Deque;

/** Those who wait for the same, in the order in which they came: nobody is passed by. */
final class LineUp {
  private final String what;
  private final Deque<Place> places = new ArrayDeque<>();
  private long came;
  private long lastServed = -1;

  LineUp(String what) {
    this.what = what;
  }

  /** One who waits. */
  static final class Place {
    private final LineUp lineUp;
    private final long number;
    private boolean left;

    private Place(LineUp lineUp, long number) {
      this.lineUp = lineUp;
      this.number = number;
    }

    /** Waits no more, and has got what he waited for. */
    void served() {
      left = true;
      lineUp.lastServed = Math.max(lineUp.lastServed, number);
    }

    /** Waits no more. */
    void left() {
      left = true;
    }

    boolean isWaiting() {
      return !left;
    }

    LineUp lineUp() {
      return lineUp;
    }
  }

  Place join() {
    Place place = new Place(this, came++);
    places.add(place);
    return place;
  }

  boolean isEmpty() {
    dropThoseWhoLeft();
    return places.isEmpty();
  }

  private void dropThoseWhoLeft() {
    while (!places.isEmpty() && places.peek().left) {
      places.remove();
    }
  }

  void check() {
    dropThoseWhoLeft();
    Place first = places.peek();
    require(
        first == null || lastServed < first.number,
        "number",
        lastServed,
        "was served before number",
        first == null ? "" : first.number,
        "of those who wait for",
        what);
  }
}
