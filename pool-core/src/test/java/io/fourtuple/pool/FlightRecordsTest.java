package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's Flight Recorder gets to know. */
class FlightRecordsTest {
  @RegisterExtension final Scene scene = Scene.owned(2);

  @TempDir Path directory;

  @Test
  void waitsConnectsRefusalsAndShortagesAreRecorded() throws Exception {
    try (Recording recording = new Recording()) {
      Stream.of("Acquire", "Connect", "Refusal", "HighMark", "Exhausted")
          .forEach(name -> recording.enable("io.fourtuple." + name));
      recording.start();
      ConnectionPool<SimulatedConnection> pool = scene.pool();
      scene.lease(pool, TO_ONE).close();
      scene.call(pool, TO_ONE, SECOND).lease().close(); // at once: no event
      List<Lease<SimulatedConnection>> both = scene.lease(pool, TO_ONE, 2);
      scene.call(pool, TO_ONE, SECOND);
      scene.pass(SECOND.multipliedBy(2));
      both.forEach(Lease::close);
      recording.stop();

      Path file = directory.resolve("recording.jfr");
      recording.dump(file);
      List<RecordedEvent> events = RecordingFile.readAllEvents(file);
      assertThat(of(events, "Acquire"))
          .hasSize(2)
          .allMatch(event -> event.getDuration("waited").toMillis() == 1);
      assertThat(of(events, "Connect"))
          .hasSize(2)
          .allMatch(event -> event.getString("route").endsWith("to 203.0.113.7:443"))
          .allMatch(event -> event.getDuration("connectTime").toMillis() == 1);
      assertThat(of(events, "Refusal"))
          .singleElement()
          .matches(event -> event.getString("type").endsWith(".PortsExhaustedException"))
          .matches(event -> event.getString("reason").contains("established=2"))
          .matches(event -> event.getString("destination").equals("one"));
      assertThat(of(events, "HighMark")).hasSize(1);
      assertThat(of(events, "Exhausted")).hasSize(1);
    }
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("io.fourtuple." + name))
        .toList();
  }
}
