package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the JDK's handlers make of a body; with the JDK's own client they do the same. */
@SuppressWarnings({
  "FutureReturnValueIgnored",
  "VoidUsed"
}) // what comes of it is asserted elsewhere
class BodyHandlersTest {
  private static final String TEXT = "line one\nline tw\u00f6\r\nline three";
  private static final byte[] UTF8 = TEXT.getBytes(StandardCharsets.UTF_8);
  private static final int LARGE = 3_000_000;

  @AutoClose private final HttpRig rig = new HttpRig();
  @TempDir Path directory;

  private static void answer(WebServer.Incoming request) {
    switch (request.path()) {
      case "/latin" ->
          request.reply(
              200,
              TEXT.getBytes(StandardCharsets.ISO_8859_1),
              "content-type",
              "text/plain; charset=ISO-8859-1");
      case "/empty" -> request.reply(200, new byte[0]);
      case "/named" ->
          request.reply(200, UTF8, "content-disposition", "attachment; filename=\"given.txt\"");
      case "/pieces" -> {
        request.head(200);
        for (byte one : UTF8) {
          request.chunk(new byte[] {one});
        }
        request.end();
      }
      case "/large" -> request.reply(200, new byte[LARGE]);
      default -> request.reply(200, UTF8);
    }
  }

  /** Sends it in both ways, of which the second's result is given. */
  private <T> T get(Setup setup, String path, BodyHandler<T> handler) throws Exception {
    WebServer server = rig.server(setup, BodyHandlersTest::answer);
    HttpClient client = rig.client(setup);
    HttpRequest request = HttpRig.get(server.uri(path));
    HttpResponse<T> sent = client.send(request, handler);
    if (sent.body() instanceof AutoCloseable open) {
      open.close();
    }
    HttpResponse<T> response = HttpRig.await(client.sendAsync(request, handler));
    assertThat(sent.statusCode()).isEqualTo(200);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.version()).isEqualTo(setup.version());
    return response.body();
  }

  @ParameterizedTest
  @EnumSource
  void ofStringTakesTheCharsetOfTheResponse(Setup setup) throws Exception {
    assertThat(get(setup, "/latin", BodyHandlers.ofString())).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @EnumSource
  void ofStringTakesUtf8WhereThereIsNone(Setup setup) throws Exception {
    assertThat(get(setup, "/pieces", BodyHandlers.ofString())).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @EnumSource
  void ofStringTakesTheGivenCharset(Setup setup) throws Exception {
    assertThat(get(setup, "/utf", BodyHandlers.ofString(StandardCharsets.ISO_8859_1)))
        .isEqualTo(new String(UTF8, StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyBodyIsAnEmptyString(Setup setup) throws Exception {
    assertThat(get(setup, "/empty", BodyHandlers.ofString())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void ofByteArrayHasAllOfALargeBody(Setup setup) throws Exception {
    assertThat(get(setup, "/large", BodyHandlers.ofByteArray())).hasSize(LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void ofByteArrayConsumerEndsWithAnEmptyOptional(Setup setup) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConcurrentLinkedQueue<Boolean> ends = new ConcurrentLinkedQueue<>();
    Void none =
        get(
            setup,
            "/pieces",
            BodyHandlers.ofByteArrayConsumer(
                piece -> piece.ifPresentOrElse(bytes::writeBytes, () -> ends.add(true))));
    assertThat(none).isNull();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(TEXT + TEXT);
    assertThat(ends).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void ofFileWritesAFile(Setup setup) throws Exception {
    Path file = directory.resolve("body");
    Path written = get(setup, "/large", BodyHandlers.ofFile(file));
    assertThat(written).isEqualTo(file).hasSize(LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void ofFileDownloadTakesTheNameOfTheResponse(Setup setup) throws Exception {
    Path written =
        get(
            setup,
            "/named",
            BodyHandlers.ofFileDownload(
                directory, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    assertThat(written.getFileName()).hasToString("given.txt");
    assertThat(Files.readString(written)).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @EnumSource
  void ofInputStreamCanBeReadToItsEnd(Setup setup) throws Exception {
    try (InputStream stream = get(setup, "/large", BodyHandlers.ofInputStream())) {
      assertThat(stream.readAllBytes()).hasSize(LARGE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofLinesKnowsAllLineEnds(Setup setup) throws Exception {
    try (Stream<String> lines = get(setup, "/pieces", BodyHandlers.ofLines())) {
      assertThat(lines).containsExactly("line one", "line tw\u00f6", "line three");
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofPublisherGivesTheBodyToASubscriber(Setup setup) throws Exception {
    var publisher = get(setup, "/large", BodyHandlers.ofPublisher());
    TestSubscriber subscriber = new TestSubscriber();
    publisher.subscribe(subscriber);
    subscriber.request(Long.MAX_VALUE);
    subscriber.awaitComplete();
    assertThat(subscriber.bytes()).isEqualTo(LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void discardingAndReplacingReadAll(Setup setup) throws Exception {
    assertThat(get(setup, "/large", BodyHandlers.discarding())).isNull();
    assertThat(get(setup, "/large", BodyHandlers.replacing("other"))).isEqualTo("other");
  }

  @ParameterizedTest
  @EnumSource
  void bufferingGivesPiecesOfOneSize(Setup setup) throws Exception {
    TestSubscriber subscriber =
        get(
            setup,
            "/large",
            BodyHandlers.buffering(
                head ->
                    BodySubscribers.fromSubscriber(
                        new TestSubscriber(Long.MAX_VALUE), given -> given),
                100_000));
    for (int i = 0; i < LARGE / 100_000; i++) {
      assertThat(subscriber.next().stream().mapToInt(ByteBuffer::remaining).sum())
          .isEqualTo(100_000);
    }
    assertThat(subscriber.itemsAtHand()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void fromSubscriberIsFinishedByItsFunction(Setup setup) throws Exception {
    long bytes =
        get(
            setup,
            "/large",
            head -> {
              TestSubscriber subscriber = new TestSubscriber(Long.MAX_VALUE);
              return BodySubscribers.fromSubscriber(subscriber, TestSubscriber::bytes);
            });
    assertThat(bytes).isEqualTo(LARGE);
  }

  @ParameterizedTest
  @EnumSource
  void fromLineSubscriberGetsLines(Setup setup) throws Exception {
    ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    Flow.Subscriber<String> subscriber =
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(String line) {
            lines.add(line);
          }

          @Override
          public void onError(Throwable why) {
            lines.add("error " + why);
          }

          @Override
          public void onComplete() {
            lines.add("end");
          }
        };
    get(setup, "/pieces", BodyHandlers.fromLineSubscriber(subscriber, given -> lines, "\n"));
    assertThat(lines)
        .containsExactly(
            "line one",
            "line tw\u00f6\r",
            "line three",
            "end",
            "line one",
            "line tw\u00f6\r",
            "line three",
            "end");
  }

  @ParameterizedTest
  @EnumSource
  void aMapperMayBlockOnTheStreamThatItMaps(Setup setup) throws Exception {
    int length =
        get(
            setup,
            "/large",
            head ->
                BodySubscribers.mapping(
                    BodySubscribers.ofInputStream(), BodyHandlersTest::lengthOf));
    assertThat(length).isEqualTo(LARGE);
  }

  private static int lengthOf(InputStream stream) {
    try (stream) {
      return stream.readAllBytes().length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
