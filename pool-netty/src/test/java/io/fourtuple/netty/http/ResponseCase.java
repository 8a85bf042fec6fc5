package io.fourtuple.netty.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Outcome.End;
import java.util.stream.IntStream;

/** Bytes that answer a request, which must mean the same however they arrive. */
record ResponseCase(String name, String method, String text, boolean isClosed) {
  static ResponseCase get(String name, String text) {
    return new ResponseCase(name, "GET", text, false);
  }

  /** A head from its lines, which end with CR LF, and what follows it. */
  static String response(String body, String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n" + body;
  }

  ResponseCase to(String otherMethod) {
    return new ResponseCase(name, otherMethod, text, isClosed);
  }

  ResponseCase closed() {
    return new ResponseCase(name, method, text, true);
  }

  private byte[] bytes() {
    return text.getBytes(ISO_8859_1);
  }

  ResponseRig inOnePiece() {
    return ResponseRig.run(method, bytes(), isClosed);
  }

  /** In one piece, in two at every place, byte by byte; the plain parser must agree. */
  Outcome everyWay() {
    byte[] bytes = bytes();
    Outcome outcome = inOnePiece().outcome();
    for (int split = 1; split < bytes.length; split++) {
      assertThat(ResponseRig.run(method, bytes, isClosed, split).outcome())
          .as("%s, split at %d", name, split)
          .isEqualTo(outcome);
    }
    int[] everywhere = IntStream.range(1, bytes.length).toArray();
    assertThat(ResponseRig.run(method, bytes, isClosed, everywhere).outcome())
        .as("%s, byte by byte", name)
        .isEqualTo(outcome);
    assertThat(ReferenceParser.parse(method, bytes, isClosed))
        .as("%s, plainly parsed", name)
        .isEqualTo(outcome);
    return outcome;
  }

  /** Must be a good response with that body, and the connection fit for another. */
  void isGood(String body) {
    Outcome outcome = everyWay();
    assertThat(outcome.end()).as("%s: %s", name, inOnePiece().failure()).isEqualTo(End.COMPLETE);
    assertThat(outcome.body()).as(name).isEqualTo(body);
    assertThat(outcome.isPoisoned()).as(name).isFalse();
  }

  /** Must be a good response with that body, followed by bytes that poison the connection. */
  void isPoisoned(String body) {
    Outcome outcome = everyWay();
    assertThat(outcome.end()).as("%s: %s", name, inOnePiece().failure()).isEqualTo(End.COMPLETE);
    assertThat(outcome.body()).as(name).isEqualTo(body);
    assertThat(outcome.isPoisoned()).as(name).isTrue();
    assertThat(inOnePiece().hadLeftover()).as(name).isTrue();
  }

  void isWrong(String message) {
    assertThat(everyWay().end()).as(name).isEqualTo(End.WRONG);
    assertThat(inOnePiece().failure()).as(name).hasMessageContaining(message);
  }

  void isCutOff(String message) {
    assertThat(everyWay().end()).as(name).isEqualTo(End.CUT_OFF);
    assertThat(inOnePiece().failure()).as(name).hasMessage("connection closed " + message);
  }
}
