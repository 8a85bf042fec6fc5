package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceMemoryTest {
  private static final InetAddress REMOTE = Endpoint.of("203.0.113.7", 1).address();
  private static final List<SourceAddress> FOUND =
      List.of(
          SourceAddress.of(
              Endpoint.of("10.0.0.5", 1).address(),
              PortSet.parse("40000-40063"),
              PortSelection.KERNEL));

  private final VirtualTime time = new VirtualTime();
  private final SourceMemory memory = new SourceMemory(time);
  private int searches;

  private List<SourceAddress> found(List<SourceAddress> result) {
    searches++;
    return result;
  }

  @Test
  void asksOnceAndAgainAfterAWhile() {
    assertThat(memory.get(REMOTE, () -> found(FOUND))).isEqualTo(FOUND);
    time.advance(SourceMemory.REFRESH.minusNanos(1));
    assertThat(memory.get(REMOTE, () -> found(List.of()))).isEqualTo(FOUND);
    assertThat(searches).isEqualTo(1);
    time.advance(Duration.ofNanos(1));
    assertThat(memory.get(REMOTE, () -> found(List.of()))).isEmpty();
    assertThat(searches).isEqualTo(2);
  }

  @Test
  void thatNothingWasFoundIsNotRemembered() {
    memory.get(REMOTE, () -> found(List.of()));
    assertThat(memory.get(REMOTE, () -> found(FOUND))).isEqualTo(FOUND);
  }

  @Test
  void remembersNoMoreThanItsBound() {
    memory.get(REMOTE, () -> found(FOUND));
    for (int i = 1; i <= SourceMemory.MOST_ADDRESSES; i++) {
      String other = "10." + (i >> 16) + "." + (i >> 8 & 0xff) + "." + (i & 0xff);
      memory.get(Endpoint.of(other, 1).address(), () -> found(FOUND));
    }
    int before = searches;
    memory.get(REMOTE, () -> found(FOUND));
    assertThat(searches).isEqualTo(before + 1);
  }
}
