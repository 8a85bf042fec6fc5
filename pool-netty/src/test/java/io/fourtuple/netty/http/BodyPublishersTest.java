package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies of requests. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class BodyPublishersTest {
  @AutoClose private final HttpRig rig = new HttpRig();
  @TempDir Path directory;

  private static void echo(WebServer.Incoming request) {
    request.reply(200, request.body(), "x-length", request.header("content-length"));
  }

  /** Sends it in both ways. */
  private void assertSent(Setup setup, BodyPublisher body, byte[] expected, String length)
      throws Exception {
    WebServer server = rig.server(setup, BodyPublishersTest::echo);
    HttpClient client = rig.client(setup);
    HttpRequest request = HttpRequest.newBuilder(server.uri("/")).POST(body).build();
    HttpResponse<byte[]> sent = client.send(request, BodyHandlers.ofByteArray());
    assertThat(sent.body()).isEqualTo(expected);
    String declared = sent.headers().firstValue("x-length").orElse("");
    if (expected.length > 0 || setup.isOurs()) { // the JDK says nothing of no body in HTTP/2
      assertThat(declared).isEqualTo(length);
    }
    HttpRig.assertAtRest(client);
  }

  /** Why it could not be sent; the client is at rest afterwards, and can go on. */
  private Throwable failure(Setup setup, BodyPublisher body) throws Exception {
    WebServer server = rig.server(setup, BodyPublishersTest::echo);
    HttpClient client = rig.client(setup);
    HttpRequest request = HttpRequest.newBuilder(server.uri("/")).POST(body).build();
    Throwable why = HttpRig.failure(client.sendAsync(request, BodyHandlers.discarding()));
    HttpRig.assertAtRest(client);
    HttpRequest next = HttpRequest.newBuilder(server.uri("/")).build();
    assertThat(client.send(next, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    return why;
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void ofString(Setup setup) throws Exception {
    byte[] utf8 = "tw\u00f6".getBytes(StandardCharsets.UTF_8);
    assertSent(setup, BodyPublishers.ofString("tw\u00f6"), utf8, "4");
  }

  @ParameterizedTest
  @EnumSource
  void ofStringWithCharset(Setup setup) throws Exception {
    byte[] latin = "tw\u00f6".getBytes(StandardCharsets.ISO_8859_1);
    assertSent(setup, BodyPublishers.ofString("tw\u00f6", StandardCharsets.ISO_8859_1), latin, "3");
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyStringIsABodyOfNoBytes(Setup setup) throws Exception {
    assertSent(setup, BodyPublishers.ofString(""), new byte[0], "0");
  }

  @ParameterizedTest
  @EnumSource
  void ofPartOfALargeArray(Setup setup) throws Exception {
    byte[] all = bytes(3_000_000);
    assertSent(
        setup,
        BodyPublishers.ofByteArray(all, 1, 2_999_998),
        Arrays.copyOfRange(all, 1, 2_999_999),
        "2999998");
  }

  @ParameterizedTest
  @EnumSource
  void ofByteArraysHasNoLengthBeforehand(Setup setup) throws Exception {
    assertSent(
        setup,
        BodyPublishers.ofByteArrays(List.of(bytes(10), bytes(0), bytes(3))),
        new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2},
        "13");
  }

  @ParameterizedTest
  @EnumSource
  void ofFile(Setup setup) throws Exception {
    Path file = directory.resolve("large");
    Files.write(file, bytes(1_000_000));
    assertSent(setup, BodyPublishers.ofFile(file), bytes(1_000_000), "1000000");
  }

  @ParameterizedTest
  @EnumSource
  void ofInputStreamIsReadToItsEndAndClosed(Setup setup) throws Exception {
    AtomicBoolean isClosed = new AtomicBoolean();
    InputStream stream =
        new ByteArrayInputStream(bytes(100_000)) {
          @Override
          public void close() {
            isClosed.set(true);
          }
        };
    assertSent(setup, BodyPublishers.ofInputStream(() -> stream), bytes(100_000), "100000");
    Setup.await(() -> "closed", isClosed::get);
  }

  @ParameterizedTest
  @EnumSource
  void aSupplierWithoutAStreamIsAnError(Setup setup) throws Exception {
    Throwable why = failure(setup, BodyPublishers.ofInputStream(() -> null));
    assertThat(why).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void whatASupplierThrowsIsTheFailure(Setup setup) throws Exception {
    Throwable why =
        failure(
            setup,
            BodyPublishers.ofInputStream(
                () -> {
                  throw new IllegalStateException("no stream today");
                }));
    assertThat(why).hasStackTraceContaining("no stream today");
  }

  @ParameterizedTest
  @EnumSource
  void fromPublisherWithoutLength(Setup setup) throws Exception {
    assertSent(
        setup,
        BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(List.of(bytes(5), bytes(6)))),
        new byte[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5},
        "11");
  }

  @ParameterizedTest
  @EnumSource
  void fromPublisherWithLength(Setup setup) throws Exception {
    assertSent(
        setup,
        BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(List.of(bytes(5), bytes(6))), 11),
        new byte[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5},
        "11");
  }

  @ParameterizedTest
  @EnumSource
  void concatHasTheSumOfLengths(Setup setup) throws Exception {
    assertSent(
        setup,
        BodyPublishers.concat(
            BodyPublishers.ofString("one "),
            BodyPublishers.noBody(),
            BodyPublishers.ofString("two")),
        "one two".getBytes(StandardCharsets.US_ASCII),
        "7");
  }

  @ParameterizedTest
  @EnumSource
  void noBodyIsNone(Setup setup) throws Exception {
    assertSent(setup, BodyPublishers.noBody(), new byte[0], "0");
  }

  @ParameterizedTest
  @EnumSource
  void tooManyBytesAreRefused(Setup setup) throws Exception {
    BodyPublisher twelve = BodyPublishers.ofByteArrays(List.of(bytes(5), bytes(7)));
    Throwable why = failure(setup, BodyPublishers.fromPublisher(twelve, 11));
    assertThat(why).isInstanceOf(IOException.class).hasMessageContaining("Too many bytes");
  }

  /** Where the server has not answered yet: it may, for it has got all that was promised. */
  @ParameterizedTest
  @EnumSource
  void oneItemTooManyIsRefusedToo(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> {});
    HttpClient client = rig.client(setup);
    BodyPublisher twelve = BodyPublishers.ofByteArrays(List.of(bytes(5), bytes(6), bytes(1)));
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(BodyPublishers.fromPublisher(twelve, 11))
            .build();
    Throwable why = HttpRig.failure(client.sendAsync(request, BodyHandlers.discarding()));
    assertThat(why).isInstanceOf(IOException.class).hasMessageContaining("Too many bytes");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void tooFewBytesAreRefused(Setup setup) throws Exception {
    BodyPublisher ten = BodyPublishers.ofByteArrays(List.of(bytes(5), bytes(5)));
    Throwable why = failure(setup, BodyPublishers.fromPublisher(ten, 11));
    assertThat(why).isInstanceOf(IOException.class).hasMessageContaining("Too few bytes");
  }

  @ParameterizedTest
  @EnumSource
  void aPublisherThatFailsIsTheFailure(Setup setup) throws Exception {
    IllegalStateException fault = new IllegalStateException("publisher failed");
    Throwable why =
        failure(
            setup,
            BodyPublishers.fromPublisher(
                subscriber -> {
                  SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>();
                  publisher.subscribe(subscriber);
                  publisher.submit(ByteBuffer.allocate(10));
                  publisher.closeExceptionally(fault);
                }));
    assertThat(why).hasStackTraceContaining("publisher failed");
  }

  @ParameterizedTest
  @EnumSource
  void aPublisherThatThrowsIsTheFailure(Setup setup) throws Exception {
    Throwable why =
        failure(
            setup,
            BodyPublishers.fromPublisher(
                subscriber -> {
                  throw new IllegalStateException("subscribe threw");
                }));
    assertThat(why).hasStackTraceContaining("subscribe threw");
  }

  @ParameterizedTest
  @EnumSource
  void aSubscriptionThatThrowsIsTheFailure(Setup setup) throws Exception {
    Throwable why =
        failure(
            setup,
            BodyPublishers.fromPublisher(
                subscriber ->
                    subscriber.onSubscribe(
                        new Flow.Subscription() {
                          @Override
                          public void request(long items) {
                            throw new IllegalStateException("request threw");
                          }

                          @Override
                          public void cancel() {}
                        })));
    assertThat(why).hasStackTraceContaining("request threw");
  }

  @ParameterizedTest
  @EnumSource
  void sendWrapsWhatIsNoIoException(Setup setup) throws Exception {
    WebServer server = rig.server(setup, BodyPublishersTest::echo);
    HttpClient client = rig.client(setup);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(
                BodyPublishers.fromPublisher(
                    subscriber -> {
                      throw new IllegalStateException("subscribe threw");
                    }))
            .build();
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> client.send(request, BodyHandlers.discarding()))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("subscribe threw");
  }
}
