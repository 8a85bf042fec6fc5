package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.ResponseCase.get;
import static io.fourtuple.netty.http.ResponseCase.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Outcome.End;
import org.junit.jupiter.api.Test;

/** What is refused, since it may mean something else to somebody else, or is no HTTP/1.1. */
class WrongResponseTest {
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String FIVE = "Content-Length: 5";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final String HELLO = "5\r\nhello\r\n0\r\n\r\n";

  @Test
  void lengthAndChunksTogether() {
    get("both", response(HELLO, OK, FIVE, CHUNKED)).isWrong("Content-Length are not allowed");
    get("other order", response(HELLO, OK, CHUNKED, FIVE)).isWrong("Content-Length");
  }

  @Test
  void lengthsThatDiffer() {
    get("fields", response("hello", OK, FIVE, "Content-Length: 6")).isWrong("Content-Length");
    get("list", response("hello", OK, "Content-Length: 5, 6")).isWrong("Content-Length");
    get("empty one", response("hello", OK, "Content-Length: 5,")).isWrong("Content-Length");
    get("written otherwise", response("hello", OK, FIVE, "Content-Length: 05"))
        .isWrong("Content-Length");
    get("1.0", response("hello", "HTTP/1.0 200 OK", FIVE, "Content-Length: 6"))
        .isWrong("Content-Length");
  }

  @Test
  void lengthsThatAreNone() {
    String[] lengths = {
      "-5", "+5", "", "five", "0x5", "5a", "5 5", "5.0", "9223372036854775808", "1e1", "\u00b2"
    };
    for (String length : lengths) {
      get(length, response("hello", OK, "Content-Length: " + length)).isWrong("Content-Length");
    }
    get("HEAD", response("", OK, "Content-Length: -5")).to("HEAD").isWrong("Content-Length");
    get("folded", response("hello", OK, FIVE, " 5")).isWrong("Content-Length");
  }

  @Test
  void codingsOtherThanChunked() {
    String[] codings = {
      "gzip",
      "identity",
      "gzip, chunked",
      "chunked, gzip",
      "chunked, chunked",
      "chunked;q=1",
      "x",
      "chunkedx",
      "\"chunked\"",
      "",
      ",chunked"
    };
    for (String coding : codings) {
      get(coding, response(HELLO, OK, "Transfer-Encoding: " + coding))
          .isWrong("Transfer-Encoding must be chunked, was " + coding);
    }
    get("twice", response(HELLO, OK, CHUNKED, CHUNKED)).isWrong("more than once");
    get("not last", response(HELLO, OK, CHUNKED, "Transfer-Encoding: gzip")).isWrong("last");
    get("1.0", response(HELLO, "HTTP/1.0 200 OK", CHUNKED)).isWrong("HTTP/1.1 or newer");
  }

  @Test
  void chunkSizes() {
    String[] sizes = {
      "",
      "-5",
      "+5",
      "0x5",
      " 5",
      "5 ",
      "5 5",
      "5\t",
      "x",
      "5x",
      "80000000",
      "fffffffff",
      "10000000000000005",
      "5,6"
    };
    for (String size : sizes) {
      get(size, response(size + "\r\nhello\r\n0\r\n\r\n", OK, CHUNKED)).isWrong("hunk size");
    }
  }

  @Test
  void chunkLines() {
    String[] lines = {
      "5\n",
      "5\r\r\n",
      "5;a\n",
      "5;a\rb\r\n",
      "5;a=\"\r\n",
      "5;a=\"\rb\"\r\n",
      "5;a=\r\n",
      "5;\0\r\n",
      "5;a=b c\r\n",
      "5 x\r\n",
      "\r\n",
      "\n",
      ";a\r\n",
      "\u00e4\r\n",
      "5;a=\"\u00e4\"\r\n"
    };
    for (String line : lines) {
      ResponseCase wrong = get(line, response(line + "hello\r\n0\r\n\r\n", OK, CHUNKED));
      assertThat(wrong.everyWay().end()).as(line).isEqualTo(End.WRONG);
      assertThat(wrong.inOnePiece().failure())
          .hasMessageStartingWith("after 0 bytes of the body: ");
    }
  }

  @Test
  void chunksThatEndOtherwise() {
    for (String end :
        new String[] {"\n0\r\n\r\n", "0\r\n\r\n", "\r0\r\n\r\n", "xx\r\n", "\n\r\n"}) {
      get(end, response("5\r\nhello" + end, OK, CHUNKED)).isWrong("after 5 bytes of the body: ");
    }
  }

  @Test
  void fieldsWithoutAProperName() {
    String[] lines = {
      "no colon", "nocolon", ": empty", " : blank", " Folded: first", "Space : x", "Tab\t: x",
      "Content-Length junk: 5", "a/b: x", "a(b): x", "\u00e4: x", "a\0b: x", "a\u007f: x", "a\r: x"
    };
    for (String line : lines) {
      get(line, response("hello", OK, line, FIVE)).isWrong("in the head of the response: ");
      get(line, response("0\r\n" + line + "\r\n\r\n", OK, CHUNKED)).isWrong("of the body: ");
    }
  }

  @Test
  void controlCharactersInValues() {
    for (char character : "\0\1\7\b\13\f\r\33\37\177".toCharArray()) {
      for (String value : new String[] {character + "", "a" + character + "b", "a" + character}) {
        String name = "0x" + Integer.toHexString(character) + " in " + value.length();
        get(name, response("hello", OK, "A: " + value, FIVE)).isWrong("in the head");
        get(name, response("0\r\nA: " + value + "\r\n\r\n", OK, CHUNKED)).isWrong("of the body");
      }
    }
    get("named", response("hello", OK, "A: b\0", FIVE))
        .isWrong("header 'A': a header value contains prohibited character 0x0 at index 1");
    get("fold on nothing", response("hello", OK, "A:", " b", FIVE)).isWrong("in the head");
  }

  @Test
  void statusLines() {
    String[] lines = {
      "HTTP/2.0 200 OK",
      "HTTX/1.1 200 OK",
      "HTTP/0.9 200 OK",
      "HTTP/1.10 200 OK",
      "HTTP/1 200 OK",
      "HTTP/1. 200 OK",
      "HTTP/1.x 200 OK",
      "http/1.1 200 OK",
      "Http/1.1 200 OK",
      " HTTP/1.1 200 OK",
      "HTTP/1.1",
      "HTTP/1.1 ",
      "HTTP/1.1 20 OK",
      "HTTP/1.1 2000 OK",
      "HTTP/1.1 099 OK",
      "HTTP/1.1 000 OK",
      "HTTP/1.1 +20 OK",
      "HTTP/1.1 -20 OK",
      "HTTP/1.1 2x0 OK",
      "HTTP/1.1 OK",
      "HTTP/1.1\0200 OK",
      "HTTP/1.1 200\0OK",
      "HTTP/1.1 200 O\0K",
      "HTTP/1.1 200 OK\u0007",
      "HTTP/1.1 200 O\u007fK",
      "HTTP/1.1 200 O\rK",
      "ICY 200 OK",
      "SSH-2.0-x",
      "\u0015\u0003\u0003",
      "HTTP/1.1\u001c200 OK",
      "HTTP/1.1 200 \f",
      "H",
      "{}"
    };
    for (String line : lines) {
      ResponseCase wrong = get(line, response("hello", line, FIVE));
      assertThat(wrong.everyWay().end()).as(line).isEqualTo(End.WRONG);
    }
    get("TLS", "\u0015\u0003\u0003").isWrong("response must begin with HTTP/1., was 0x15");
    get("version", response("", "HTTP/2.0 200 OK")).isWrong("version must be HTTP/1.0 or HTTP/1.1");
    get("status", response("", "HTTP/1.1 20 OK")).isWrong("status must be of three digits");
  }

  @Test
  void blankLines() {
    get("too many", "\n".repeat(17) + response("", OK)).isWrong("must begin with HTTP/1., was 0xa");
    get("not blank", " \r\n" + response("", OK)).isWrong("must begin with HTTP/1., was 0x20");
    String none = response("", "HTTP/1.1 100 Continue");
    get("in sum", "\n".repeat(9) + none + "\n".repeat(8) + response("", OK)).isWrong("begin with");
  }

  @Test
  void connectionsThatEndTooEarly() {
    String head = "in the head of the response";
    get("H", "H").closed().isCutOff(head);
    get("status line", "\r\nHTTP/1.1 200 OK\r").closed().isCutOff(head);
    get("fields", "HTTP/1.1 200 OK\r\nA: b\r\n").closed().isCutOff(head);
    get("second head", response("HTTP", "HTTP/1.1 100 Continue")).closed().isCutOff(head);
    get("length", response("hell", OK, FIVE)).closed().isCutOff("after 4 of 5 bytes of the body");
    get("at once", response("", OK, FIVE)).closed().isCutOff("after 0 of 5 bytes of the body");
    String[] parts = {
      "5\r\nhello\r\n0\r\n\r",
      "5\r\nhello\r\n0\r\nA: b\r\n",
      "5\r\nhello\r\n0\r",
      "5\r\nhello\r\n0",
      "5\r\nhello\r\n",
      "5\r\nhello\r",
      "5\r\nhello"
    };
    for (String part : parts) {
      get(part, response(part, OK, CHUNKED)).closed().isCutOff("after 5 bytes of the body");
    }
    get("size", response("5\r", OK, CHUNKED)).closed().isCutOff("after 0 bytes of the body");
  }

  @Test
  void anEndBeforeAnythingCameIsNoFailureOfAResponse() {
    assertThat(get("nothing", "").closed().everyWay().end()).isEqualTo(End.WAITING);
    assertThat(get("blank", "\r\n").closed().everyWay().end()).isEqualTo(End.WAITING);
  }
}
