package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BackEndHandlerTest {
  private static final String REQUEST = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
  private static final String LAST_REQUEST =
      "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

  @Test
  void keepAliveServesOneRequestAfterTheOther() {
    EmbeddedChannel channel = backEnd(Closing.KEEP_ALIVE, FirstAnswers.notHeld());
    assertThat(answer(channel, REQUEST)).startsWith("HTTP/1.1 200 OK").doesNotContain("close");
    assertThat(answer(channel, REQUEST)).startsWith("HTTP/1.1 200 OK");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void keepAliveEndsWhereTheClientWantsNoMore() {
    EmbeddedChannel channel = backEnd(Closing.KEEP_ALIVE, FirstAnswers.notHeld());
    assertThat(answer(channel, LAST_REQUEST)).contains("connection: close\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void serverFirstClosesAfterItsAnswer() {
    EmbeddedChannel channel = backEnd(Closing.SERVER_FIRST, FirstAnswers.notHeld());
    assertThat(answer(channel, REQUEST)).contains("connection: close\r\n").endsWith("served\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void clientFirstLeavesTheCloseToTheClient() {
    EmbeddedChannel channel = backEnd(Closing.CLIENT_FIRST, FirstAnswers.notHeld());
    assertThat(answer(channel, LAST_REQUEST)).contains("connection: close\r\n");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void firstAnswersAreHeldBack() {
    FirstAnswers answers = FirstAnswers.heldUntil(2);
    EmbeddedChannel channel = backEnd(Closing.KEEP_ALIVE, answers);
    assertThat(answer(channel, REQUEST)).isEmpty();
    assertThat(answers.full()).isNotDone();
    answers.release();
    channel.runPendingTasks();
    assertThat(sent(channel)).startsWith("HTTP/1.1 200 OK");
  }

  @Test
  void nonsenseIsNotAnswered() {
    EmbeddedChannel channel = backEnd(Closing.KEEP_ALIVE, FirstAnswers.notHeld());
    assertThat(answer(channel, "what?\r\n\r\n")).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  private static EmbeddedChannel backEnd(Closing closing, FirstAnswers answers) {
    return new EmbeddedChannel(new HttpServerCodec(), new BackEndHandler(closing, answers));
  }

  private static String answer(EmbeddedChannel channel, String request) {
    channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    channel.runPendingTasks();
    return sent(channel);
  }

  private static String sent(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
    }
    return text.toString();
  }
}
