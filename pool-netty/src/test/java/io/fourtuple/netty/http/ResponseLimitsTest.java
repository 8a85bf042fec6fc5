package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.ResponseCase.response;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Outcome.End;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResponseLimitsTest {
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String NONE = "Content-Length: 0"; // 17 bytes
  private static final String CHUNKED = "Transfer-Encoding: chunked"; // 26 bytes

  private static void isGood(HttpLimits limits, String text) {
    everyWay(limits, text, End.COMPLETE, null);
  }

  private static void isWrong(HttpLimits limits, String text, String message) {
    everyWay(limits, text, End.WRONG, message);
  }

  /** Also where the buffer ends between a CR and its LF. */
  private static void everyWay(HttpLimits limits, String text, End end, String message) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int step = 1 + bytes.length / 300;
    for (int split = 1; split < bytes.length; split += step) {
      check(ResponseRig.run("GET", bytes, true, limits, split), end, message);
    }
    for (int split = Math.max(1, bytes.length - 60); split < bytes.length; split++) {
      check(ResponseRig.run("GET", bytes, true, limits, split), end, message);
    }
    int[] everywhere = IntStream.range(1, bytes.length).toArray();
    check(ResponseRig.run("GET", bytes, true, limits), end, null);
    check(ResponseRig.run("GET", bytes, true, limits, everywhere), end, null);
  }

  private static void check(ResponseRig rig, End end, String message) {
    assertThat(rig.outcome().end()).as("%s", rig.failure()).isEqualTo(end);
    if (message != null) {
      assertThat(rig.failure()).hasMessageContaining(message);
    }
  }

  @Test
  void theSizeOfAllFields() {
    String field = "A: " + "x".repeat(80); // 83 bytes
    isGood(new HttpLimits(100, 10, 10), response("", OK, field, NONE));
    isWrong(
        new HttpLimits(99, 10, 10),
        response("", OK, field, NONE),
        "more than 99 bytes of header fields");
    isWrong(new HttpLimits(98, 10, 10), response("", OK, field, NONE), "of header fields");
    isWrong(new HttpLimits(90, 10, 10), response("", OK, field, NONE), "bytes of header fields");
    isWrong(new HttpLimits(20, 10, 10), response("", OK, field, NONE), "bytes of header fields");
  }

  @Test
  void aLargeHeadWithinItsLimit() {
    String field = "A: " + "x".repeat(1000);
    String[] lines =
        IntStream.range(0, 60).mapToObj(i -> i == 0 ? OK : field).toArray(String[]::new);
    lines[59] = NONE;
    isGood(new HttpLimits(64 << 10, 100, 10), response("", lines));
  }

  @Test
  void aFieldThatNeverEnds() {
    byte[] bytes = ("HTTP/1.1 200 OK\r\nA: " + "x".repeat(200)).getBytes(ISO_8859_1);
    ResponseRig rig = ResponseRig.run("GET", bytes, false, new HttpLimits(100, 10, 10));
    assertThat(rig.failure()).hasMessageContaining("in the head of the response");
  }

  @Test
  void theNumberOfFields() {
    isGood(new HttpLimits(1000, 3, 10), response("", OK, "A: b", "A: c", NONE));
    isWrong(new HttpLimits(1000, 2, 10), response("", OK, "A: b", "A: c", NONE), "2 header fields");
  }

  @Test
  void trailersCountLikeFields() {
    String body = "0\r\nA: b\r\nC: d\r\n\r\n";
    isGood(new HttpLimits(1000, 3, 10), response(body, OK, CHUNKED));
    isWrong(new HttpLimits(1000, 2, 10), response(body, OK, CHUNKED), "header fields and trailers");
    String large = "0\r\nA: " + "x".repeat(80) + "\r\n\r\n";
    isGood(new HttpLimits(109, 3, 10), response(large, OK, CHUNKED));
    isWrong(
        new HttpLimits(100, 3, 10),
        response(large, OK, CHUNKED),
        "of the body: more than 100 bytes of header");
  }

  @Test
  void theLengthOfAStatusLine() {
    String start = "HTTP/1.1 200 ";
    String most = start + "x".repeat(ResponseDecoder.MOST_LINE - start.length());
    isGoodAround(most);
    for (String longer : new String[] {most + "x", most + "xx", most + "xxx", most + "xxxx"}) {
      byte[] bytes = response("", longer, NONE).getBytes(ISO_8859_1);
      for (int split = ResponseDecoder.MOST_LINE - 3;
          split < ResponseDecoder.MOST_LINE + 8;
          split++) {
        check(ResponseRig.run("GET", bytes, true, split), End.WRONG, "than 8192 bytes of a line");
      }
    }
  }

  private static void isGoodAround(String line) {
    byte[] bytes = response("", line, NONE).getBytes(ISO_8859_1);
    for (int split = line.length() - 3; split < line.length() + 8; split++) {
      check(ResponseRig.run("GET", bytes, true, split), End.COMPLETE, null);
    }
  }

  @Test
  void theLengthOfTheLineBeforeAChunk() {
    String longer = "5;" + "a".repeat(ResponseDecoder.MOST_LINE + 1) + "\r\nhello\r\n0\r\n\r\n";
    byte[] bytes = response(longer, OK, CHUNKED).getBytes(ISO_8859_1);
    check(
        ResponseRig.run("GET", bytes, true),
        End.WRONG,
        "of the body: more than 8192 bytes of a line");
  }

  @Test
  void foldedLines() {
    HttpLimits large = new HttpLimits(384 << 10, 1000, 10);
    String few = "A: b" + "\r\n c".repeat(2000);
    isGood(large, response("", OK, few, few, few, few, NONE));
    isGood(large, response("0\r\n" + few + "\r\n\r\n", OK, CHUNKED));
    String many = "A: b" + "\r\n c".repeat(4000);
    isWrong(large, response("", OK, many, NONE), "more than 10240 bytes of folded lines");
    isWrong(large, response("0\r\n" + many + "\r\n\r\n", OK, CHUNKED), "of folded lines");
  }

  @Test
  void longLinesAreNotFoldedOnes() {
    HttpLimits large = new HttpLimits(384 << 10, 1000, 10);
    String field = "A: " + "x".repeat(20_000);
    isGood(large, response("", OK, field, field, " b", field, NONE));
    isGood(large, response("0\r\n" + field + "\r\n\r\n", OK, CHUNKED));
    String chunk = "5;" + "a".repeat(8000) + "\r\nhello\r\n";
    isGood(large, response(chunk + chunk + chunk + "0\r\n\r\n", OK, CHUNKED));
  }
}
