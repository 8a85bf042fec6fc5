package io.fourtuple.port;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When ports may be expected on some routes.
 *
 * @param live whether a port there is free, reserved, connecting, established or closing, or rests
 *     though nobody has seen that it must, and the kernel is being asked: one may be had any moment
 * @param expiries how long until resting ports are known to be free, shortest first; not looked for
 *     where {@code live}
 */
public record PortOutlook(boolean live, List<Duration> expiries) {
  /**
   * When a port is free for somebody with so many others ahead, where that is known.
   *
   * @param ahead 0 or more
   */
  public Optional<Duration> untilFree(int ahead) {
    if (ahead < 0) {
      throw new IllegalArgumentException("ahead must be >= 0, was " + ahead);
    }
    return !live && ahead < expiries.size() ? Optional.of(expiries.get(ahead)) : Optional.empty();
  }
}
