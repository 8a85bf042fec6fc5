package io.fourtuple.netty.http;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes responses: good ones, odd ones, and good ones spoilt. Text is ISO 8859-1. */
final class ResponseMaker {
  /** Bytes that answer a request; afterwards the peer closes, or not. */
  record Made(String method, String text, boolean isClosed) {}

  private static final String[] METHODS = {"GET", "GET", "GET", "POST", "HEAD", "CONNECT"};
  private static final String[] STATUSES = {
    "200 OK",
    "200 OK",
    "200 OK",
    "200",
    "200 ",
    "404 Not Found",
    "204 No Content",
    "304 Not Modified",
    "206  \t x",
    "500 \u00e4",
    "299 ok",
    "101 Switching Protocols",
    "999 x",
    "407 Proxy"
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.0", "HTTP/1.2"
  };
  private static final String[] FIELDS = {
    "Date: Sun, 06 Nov 1994 08:49:37 GMT",
    "Server:nginx",
    "X:",
    "x-y:  \t z \t",
    "A: b\r\n c",
    "A: b\n\tc\n  d ",
    "Connection: keep-alive",
    "connection: Close, x",
    "Set-Cookie: a=b; c",
    "Set-Cookie: d",
    "Upgrade: websocket",
    "Upgrade: HTTP/1.1",
    "Trailer: T",
    "Z: \u00ff",
    "Keep-Alive: timeout=5, max=100",
    "Content-Encoding: gzip",
    "Content-Type: text/plain"
  };
  private static final String[] FRAMINGS = {
    "Content-Length: 5",
    "Content-Length: 0",
    "Content-Length: 5, 5",
    "Content-Length: 5, 6",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "content-length:05",
    "Content-Length: +5",
    "Content-Length: 5\r\n 5",
    "Content-Length : 5",
    "Content-Length x: 5",
    "Content-Length: ",
    "Content-Length:\t5 ",
    "Content-Length: 0x5",
    "Content-Length: 5;",
    "Transfer-Encoding: chunked",
    "transfer-encoding: CHUNKED",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: ",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding: chunked\r\n ",
    "Transfer-Encoding:\u000bchunked",
    "Transfer-Encoding: xchunked",
    "Transfer_Encoding: chunked"
  };
  private static final String[] TOKENS = {
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\n\n",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "\0",
    "\u000b",
    "\f",
    "\u007f",
    "\u0080",
    "\u00ff",
    "\u001c",
    "0",
    "5",
    "-",
    "+",
    "0x",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 100 x\r\n\r\n",
    "H",
    "0\r\n",
    "0\r\n\r\n",
    "7fffffff\r\n",
    "80000000\r\n",
    "ffffffffffffffff\r\n",
    "\"",
    "\\",
    "=",
    "chunked",
    "Content-Length: 3\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  };
  private static final String[] EXTENSIONS = {
    ";a", ";a=b", "; a = b", ";a=\"b;c\\\"\"", " ;a", "\t;a=\"\r\"", ";a=\"", ";", ";;",
        ";a=b;c=\"d\" ;e",
    " ", ";a=\"\u00ff\"", ";\0", ";a=(", ";a=;", "=a", "\r", ";a=b c", ";a=\"b\"c",
        ";a=\"\\\u00ff\""
  };

  private final SplittableRandom random;
  private final StringBuilder text = new StringBuilder();

  private ResponseMaker(SplittableRandom random) {
    this.random = random;
  }

  /** The same for the same state of the random numbers. */
  static Made make(SplittableRandom random) {
    return new ResponseMaker(random).make();
  }

  private Made make() {
    String method = any(METHODS);
    if (oneIn(15)) {
      text.append("\r\n".repeat(random.nextInt(10)));
    }
    while (oneIn(6)) {
      informational();
    }
    response();
    if (oneIn(8)) {
      text.append(any(TOKENS));
    } else if (oneIn(12)) {
      response();
    }
    boolean isSpoilt = oneIn(2);
    for (int i = isSpoilt ? 1 + random.nextInt(3) : 0; i > 0; i--) {
      spoil();
    }
    return new Made(method, text.toString(), random.nextBoolean());
  }

  private boolean oneIn(int many) {
    return random.nextInt(many) == 0;
  }

  private String any(String[] some) {
    return some[random.nextInt(some.length)];
  }

  private String lineEnd() {
    return oneIn(20) ? "\n" : "\r\n";
  }

  // ---- good and odd ones

  private void informational() {
    text.append("HTTP/1.1 ").append(any(new String[] {"100 Continue", "103 Hints", "102"}));
    text.append(lineEnd());
    if (oneIn(3)) {
      text.append(any(FIELDS)).append(lineEnd());
    }
    if (oneIn(6)) {
      text.append(any(FRAMINGS)).append(lineEnd());
    }
    text.append(lineEnd());
  }

  private void response() {
    text.append(any(VERSIONS)).append(' ').append(any(STATUSES)).append(lineEnd());
    List<String> fields = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      fields.add(any(FIELDS));
    }
    String body = body();
    switch (random.nextInt(8)) {
      case 0 -> {
        add(fields, any(FRAMINGS));
        add(fields, any(FRAMINGS));
      }
      case 1 -> add(fields, any(FRAMINGS));
      case 2 -> {
        // It ends with the connection.
      }
      case 3, 4 -> add(fields, "Content-Length: " + body.length());
      default -> {
        add(fields, "Transfer-Encoding: chunked");
        body = chunked(body);
      }
    }
    for (String field : fields) {
      text.append(field).append(lineEnd());
    }
    text.append(lineEnd()).append(body);
  }

  private void add(List<String> fields, String field) {
    fields.add(random.nextInt(fields.size() + 1), field);
  }

  private String body() {
    int length = random.nextInt(oneIn(10) ? 300 : 12);
    StringBuilder body = new StringBuilder();
    while (body.length() < length) {
      body.append(oneIn(10) ? any(TOKENS) : (char) ('a' + random.nextInt(26)));
    }
    return body.toString();
  }

  private String chunked(String body) {
    StringBuilder chunks = new StringBuilder();
    int from = 0;
    while (from < body.length()) {
      int to = from + 1 + random.nextInt(body.length() - from);
      chunks.append("0".repeat(oneIn(10) ? random.nextInt(20) : 0));
      String size = Integer.toHexString(to - from);
      chunks.append(oneIn(2) ? size : size.toUpperCase(java.util.Locale.ROOT));
      chunks.append(oneIn(10) ? any(EXTENSIONS) : "").append("\r\n");
      chunks.append(body, from, to).append("\r\n");
      from = to;
    }
    chunks.append('0').append(oneIn(20) ? any(EXTENSIONS) : "").append("\r\n");
    while (oneIn(4)) {
      chunks.append(any(oneIn(4) ? FRAMINGS : FIELDS)).append(lineEnd());
    }
    return chunks.append(lineEnd()).toString();
  }

  // ---- spoilt ones

  private void spoil() {
    int length = text.length();
    if (length == 0) {
      return;
    }
    int at = random.nextInt(length);
    switch (random.nextInt(7)) {
      case 0 -> text.setLength(at);
      case 1 -> text.insert(at, any(TOKENS));
      case 2 -> text.deleteCharAt(at);
      case 3 -> text.setCharAt(at, (char) random.nextInt(256));
      case 4 -> {
        String token = any(TOKENS);
        text.replace(at, Math.min(length, at + token.length()), token);
      }
      case 5 -> {
        int to = Math.min(length, at + 1 + random.nextInt(30));
        text.insert(random.nextInt(length + 1), text.substring(at, to));
      }
      default -> {
        int lineEnd = text.indexOf("\r\n", at);
        if (lineEnd >= 0) {
          text.replace(lineEnd, lineEnd + 2, oneIn(2) ? "\n" : any(EXTENSIONS) + "\r\n");
        }
      }
    }
  }
}
