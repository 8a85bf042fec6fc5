package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.incident.HttpExchanges.Answer;
import io.fourtuple.examples.incident.HttpExchanges.Next;
import io.fourtuple.port.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpExchangesTest {
  private static final Endpoint BACK_END = Endpoint.of("127.0.0.1", 9001);

  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void install() {
    HttpExchanges.install(channel);
  }

  @Test
  void anAnswerKeepsTheConnectionForTheNextRequest() {
    CompletableFuture<Answer> first = get(Closing.KEEP_ALIVE);
    assertThat(sent()).startsWith("GET / HTTP/1.1\r\n").contains("host: 127.0.0.1:9001\r\n");
    receive("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    assertThat(first).isCompletedWithValueMatching(answer -> answer.next() == Next.KEPT);
    CompletableFuture<Answer> second = get(Closing.KEEP_ALIVE);
    assertThat(second).isNotDone();
    receive("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    assertThat(second).isCompletedWithValueMatching(answer -> answer.next() == Next.KEPT);
  }

  @Test
  void anAnswerIsCompleteOnlyWithItsLastByte() {
    CompletableFuture<Answer> answered = get(Closing.KEEP_ALIVE);
    receive("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no");
    assertThat(answered).isNotDone();
    receive("k");
    assertThat(answered).isCompletedWithValueMatching(answer -> answer.next() == Next.KEPT);
  }

  @Test
  void connectionCloseInTheAnswerMeansThatTheServerCloses() {
    CompletableFuture<Answer> answered = get(Closing.SERVER_FIRST);
    assertThat(sent()).doesNotContain("connection: close");
    receive("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    assertThat(answered)
        .isCompletedWithValueMatching(answer -> answer.next() == Next.CLOSED_BY_SERVER);
    assertThat(answered.join().peerClosed()).isNotDone();
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(answered.join().peerClosed()).isDone();
  }

  @Test
  void connectionCloseInTheRequestMeansThatTheClientCloses() {
    CompletableFuture<Answer> answered = get(Closing.CLIENT_FIRST);
    assertThat(sent()).contains("connection: close\r\n");
    receive("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    assertThat(answered)
        .isCompletedWithValueMatching(answer -> answer.next() == Next.CLOSED_BY_CLIENT);
  }

  @Test
  void anEndOfStreamBeforeTheAnswerFailsTheRequest() {
    CompletableFuture<Answer> answered = get(Closing.KEEP_ALIVE);
    channel.close().syncUninterruptibly();
    assertThat(answered).isCompletedExceptionally();
  }

  @Test
  void aFullCloseAfterTheAnswerMeansThatTheServerHasClosed() {
    CompletableFuture<Answer> answered = get(Closing.SERVER_FIRST);
    receive("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    channel.close().syncUninterruptibly();
    assertThat(answered.join().peerClosed()).isDone();
  }

  @Test
  void aRequestOnAClosedConnectionFails() {
    channel.close().syncUninterruptibly();
    assertThat(get(Closing.KEEP_ALIVE)).isCompletedExceptionally();
  }

  @Test
  void anythingButAnOkFailsTheRequest() {
    CompletableFuture<Answer> answered = get(Closing.KEEP_ALIVE);
    receive("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
    assertThat(answered).isCompletedExceptionally();
  }

  @Test
  void nonsenseFailsTheRequest() {
    CompletableFuture<Answer> answered = get(Closing.KEEP_ALIVE);
    receive("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    assertThat(answered).isCompletedExceptionally();
  }

  @Test
  void aSecondRequestBeforeTheAnswerFailsAndDisturbsNothing() {
    CompletableFuture<Answer> first = get(Closing.KEEP_ALIVE);
    CompletableFuture<Answer> second = get(Closing.KEEP_ALIVE);
    assertThat(second).isCompletedExceptionally();
    receive("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    assertThat(first).isCompletedWithValueMatching(answer -> answer.next() == Next.KEPT);
  }

  private CompletableFuture<Answer> get(Closing closing) {
    CompletableFuture<Answer> answered = HttpExchanges.get(channel, BACK_END, closing);
    channel.runPendingTasks();
    return answered;
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private String sent() {
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
    }
    return text.toString();
  }
}
