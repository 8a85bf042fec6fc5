package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.ResponseCase.get;
import static io.fourtuple.netty.http.ResponseCase.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Outcome.End;
import org.junit.jupiter.api.Test;

/** What is read, some of it for the sake of sloppy servers. */
class GoodResponseTest {
  private static final String OK = "HTTP/1.1 200 OK";
  private static final String FIVE = "Content-Length: 5";
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  @Test
  void aBodyOfKnownLength() {
    get("length", response("hello", OK, FIVE)).isGood("hello");
    get("no body", response("", OK, "Content-Length: 0")).isGood("");
    get("zeros", response("hello", OK, "Content-Length: 005")).isGood("hello");
  }

  @Test
  void aBodyInChunks() {
    get("two", response("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", OK, CHUNKED))
        .isGood("hello world");
    get("none", response("0\r\n\r\n", OK, CHUNKED)).isGood("");
    get("case", response("A\r\n0123456789\r\n00\r\n\r\n", OK, "transfer-encoding: Chunked"))
        .isGood("0123456789");
    get("zeros", response("00000000000000005\r\nhello\r\n000\r\n\r\n", OK, CHUNKED))
        .isGood("hello");
  }

  @Test
  void chunkExtensionsAreSkipped() {
    String body = "5;a;b=c;d=\"e;\\\"f\"\r\nhello\r\n0 ;x=1\r\n\r\n";
    get("extensions", response(body, OK, CHUNKED)).isGood("hello");
    get("of nothing", response("5;\r\nhello\r\n0\r\n\r\n", OK, CHUNKED)).isGood("hello");
  }

  @Test
  void trailers() {
    ResponseCase some =
        get("trailers", response("5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n", OK, CHUNKED));
    some.isGood("hello");
    assertThat(some.inOnePiece().outcome().trailers()).containsExactly("A: b", "C: d");

    ResponseCase folded = get("folded", response("0\r\nA: b\r\n c\r\n\r\n", OK, CHUNKED));
    folded.isGood("");
    assertThat(folded.inOnePiece().outcome().trailers()).containsExactly("A: b c");
  }

  @Test
  void trailersThatFrameAreDropped() {
    ResponseCase framing =
        get("framing", response("0\r\nContent-Length: 7\r\nA: b\r\n\r\n", OK, CHUNKED));
    framing.isGood("");
    assertThat(framing.inOnePiece().outcome().trailers()).containsExactly("A: b");
  }

  @Test
  void aBodyThatEndsWithTheConnection() {
    get("close", response("hello", OK)).closed().isGood("hello");
    get("empty", response("", OK)).closed().isGood("");
    get("1.0", response("hello", "HTTP/1.0 200 OK")).closed().isGood("hello");
    get("lines", "HTTP/1.0 200 OK\n\nhello").closed().isGood("hello");
    assertThat(get("open", response("hello", OK)).everyWay().end()).isEqualTo(End.WAITING);
    assertThat(get("close", response("hello", OK)).closed().inOnePiece().keepAlive())
        .extracting(KeepAlive::isReusable)
        .isEqualTo(false);
  }

  @Test
  void linesOfTheHeadAndOfTrailersMayEndWithABareLineFeed() {
    get("head", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello").isGood("hello");
    get("some", "HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello").isGood("hello");
    get("trailers", response("0\r\nA: b\n\n", OK, CHUNKED)).isGood("");
    get("last", response("0\r\n\n", OK, CHUNKED)).isGood("");
  }

  @Test
  void foldedFields() {
    ResponseCase folded =
        get("folded", response("", OK, "A: b", "\t c ", "  d", "Content-Length: 0"));
    folded.isGood("");
    assertThat(folded.inOnePiece().outcome().fields()).containsExactly("A: b c d");
  }

  @Test
  void statusLines() {
    get("no reason", response("hello", "HTTP/1.1 200", FIVE)).isGood("hello");
    get("empty reason", response("hello", "HTTP/1.1 200 ", FIVE)).isGood("hello");
    get("spaces", response("hello", "HTTP/1.1   200 \t OK  fine ", FIVE)).isGood("hello");
    get("obs-text", response("hello", "HTTP/1.1 200 \u00e4", FIVE)).isGood("hello");
    get("later minor version", response("hello", "HTTP/1.2 200 OK", FIVE)).isGood("hello");
    get("1.0", response("hello", "HTTP/1.0 200 OK", FIVE)).isGood("hello");
    get("unknown status", response("hello", "HTTP/1.1 999 ?", FIVE)).isGood("hello");
  }

  @Test
  void blankLinesBeforeIt() {
    get("two", "\r\n\n" + response("hello", OK, FIVE)).isGood("hello");
    get("most", "\n".repeat(16) + response("hello", OK, FIVE)).isGood("hello");
  }

  @Test
  void equalLengthsCountOnce() {
    get("fields", response("hello", OK, FIVE, FIVE)).isGood("hello");
    get("list", response("hello", OK, "Content-Length: 5 ,5,\t5")).isGood("hello");
    get("1.0", response("hello", "HTTP/1.0 200 OK", FIVE, FIVE)).isGood("hello");
  }

  @Test
  void oddButHarmlessFields() {
    ResponseCase odd =
        get("odd", response("", OK, "!#$%&'*+-.^_`|~9:x", "A:", "B: \t", "C: \u00ff", FIVE))
            .to("HEAD");
    odd.isGood("");
    assertThat(odd.inOnePiece().outcome().fields())
        .containsExactly("!#$%&'*+-.^_`|~9: x", "A: ", "B: ", "C: \u00ff");
  }

  @Test
  void responsesWithoutABodyWhateverTheySay() {
    get("HEAD", response("", OK, FIVE)).to("HEAD").isGood("");
    get("HEAD chunked", response("", OK, CHUNKED)).to("HEAD").isGood("");
    get("HEAD both", response("", OK, CHUNKED, FIVE)).to("HEAD").isGood("");
    get("HEAD gzip", response("", OK, "Transfer-Encoding: gzip")).to("HEAD").isGood("");
    get("HEAD none", response("", OK)).to("HEAD").isGood("");
    get("204", response("", "HTTP/1.1 204 No Content", FIVE)).isGood("");
    get("204 chunked", response("", "HTTP/1.1 204 No Content", CHUNKED)).isGood("");
    get("304", response("", "HTTP/1.1 304 Not Modified", FIVE)).isGood("");
    get("304 in 1.0", response("", "HTTP/1.0 304 Not Modified", CHUNKED)).isGood("");
  }

  @Test
  void bytesAfterAResponse() {
    get("204", response("hello", "HTTP/1.1 204 No Content", FIVE)).isPoisoned("");
    get("HEAD", response("hello", OK, FIVE)).to("HEAD").isPoisoned("");
    get("length", response("hello!", OK, FIVE)).isPoisoned("hello");
    get("line", response("hello\r\n", OK, FIVE)).isPoisoned("hello");
    get("chunks", response("0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", OK, CHUNKED)).isPoisoned("");
    get("another", response(response("again", OK, FIVE), OK, "Content-Length: 0")).isPoisoned("");
  }

  @Test
  void informationalResponses() {
    String none = response("", "HTTP/1.1 100 Continue");
    String hints = response("", "HTTP/1.1 103 Early Hints", "Link: x", FIVE, CHUNKED);
    ResponseCase two = get("two", none + hints + response("hello", OK, FIVE));
    two.isGood("hello");
    assertThat(two.inOnePiece().outcome().statuses()).containsExactly(100, 103, 200);
    assertThat(get("only", none).closed().everyWay().end()).isEqualTo(End.WAITING);
  }

  @Test
  void afterASwitchBytesPassAsTheyAre() {
    ResponseCase upgrade =
        get("101", response("HTTP/1.1 raw", "HTTP/1.1 101 Switching", "Upgrade: x", FIVE));
    assertThat(upgrade.everyWay().raw()).isEqualTo("HTTP/1.1 raw");
    ResponseCase again = get("to 1.1", response("raw", "HTTP/1.1 101 S", "Upgrade: TLS, HTTP/1.1"));
    assertThat(again.everyWay().raw()).isEqualTo("raw");
    ResponseCase socket =
        get("old socket", response("raw", "HTTP/1.1 101 S", "Upgrade: WebSocket"));
    assertThat(socket.everyWay().raw()).isEqualTo("raw");

    for (String status : new String[] {"200 OK", "204 No Content", "299 Fine"}) {
      ResponseCase tunnel =
          get("tunnel", response("raw", "HTTP/1.1 " + status, CHUNKED, FIVE)).to("CONNECT");
      assertThat(tunnel.everyWay().raw()).isEqualTo("raw");
    }
    get("refused", response("hello", "HTTP/1.1 407 No", FIVE)).to("CONNECT").isGood("hello");
  }
}
