package io.fourtuple.testkit;

import io.fourtuple.testkit.LineUp.Place;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** All who wait in a {@link LongWorld}, by what they wait for. */
final class LineUps {
  private final Map<Long, LineUp> lineUps = new HashMap<>();
  private final Set<LineUp> served = new HashSet<>();

  LineUp of(int who, int what, int where) {
    long key = ((who * 128L + where) << 11) + what; // dense: a small Long's hash is itself
    return lineUps.computeIfAbsent(key, k -> new LineUp(who + ", " + what + ", " + where));
  }

  /** Somebody has got what he waited for. */
  void served(Place place) {
    place.served();
    served.add(place.lineUp());
  }

  /** Whether those who were served since the last call had come first. */
  void checkServed() {
    for (LineUp lineUp : served) {
      lineUp.check();
    }
    served.clear();
  }

  void checkAll() {
    lineUps.values().forEach(LineUp::check);
    lineUps.values().removeIf(LineUp::isEmpty);
  }
}
