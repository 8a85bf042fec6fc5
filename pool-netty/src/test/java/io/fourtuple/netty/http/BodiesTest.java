package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BodiesTest {
  @Test
  void theJdksOwnAreRepeatable(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("body"), "x");
    assertThat(Bodies.isRepeatable(null)).isTrue();
    assertThat(
            List.of(
                BodyPublishers.noBody(),
                BodyPublishers.ofString("x"),
                BodyPublishers.ofByteArray(new byte[1], 0, 1),
                BodyPublishers.ofByteArrays(List.of(new byte[1])),
                BodyPublishers.ofInputStream(InputStream::nullInputStream),
                BodyPublishers.ofFile(file)))
        .allMatch(Bodies::isRepeatable);
  }

  @Test
  void othersMayBeForOnce() {
    BodyPublisher text = BodyPublishers.ofString("x");
    assertThat(Bodies.isRepeatable(BodyPublishers.fromPublisher(text))).isFalse();
    assertThat(Bodies.isRepeatable(BodyPublishers.fromPublisher(text, 1))).isFalse();
    assertThat(Bodies.isRepeatable(new FilePublisher())).isFalse();
  }

  /** Has the name of one of the JDK's. */
  private static final class FilePublisher implements BodyPublisher {
    @Override
    public long contentLength() {
      return 0;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {}
  }
}
