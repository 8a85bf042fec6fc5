package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpObject;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMessageDecoderResult;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of one connection, one request at a time. Netty's decoder does the work; here
 * is what it lets pass and a client must not: bytes that nobody has asked for, a body that was cut
 * off, two opinions about the length of a body.
 *
 * <p>The next handler gets {@link HttpResponse}, {@link HttpContent} and {@link LastHttpContent},
 * also for each informational response; once a connection is switched to another protocol, buffers.
 * Whatever goes wrong comes as one {@link ResponseFailure}, and nothing after it.
 */
final class ResponseDecoder extends HttpResponseDecoder {
  /** Of a status line, and of the line before a chunk: bytes. Tomcat reads lines of 8 KiB. */
  static final int MOST_LINE = 8 << 10;

  /** Blank lines that sloppy servers send before a response: bytes. */
  static final int MOST_BLANK = 16;

  /** A content is no longer than Netty's largest read. */
  private static final int MOST_CONTENT = 64 << 10;

  /**
   * Of folded lines in a row, roughly: bytes. Netty copies what it has of a field for each of them,
   * which takes it seconds for a large head (384 KiB: 7 s). More than a line before a chunk.
   */
  private static final int MOST_FOLDED = 10 << 10;

  /** So that they are seen: Netty gets about that many bytes of lines at a time. */
  private static final int LINES = 2 << 10;

  /** Netty counts a CR whose LF is not there yet; so it gets more, and we look again. */
  private static final int LINE_END = 2;

  private enum State {
    /** Nobody has asked for anything. */
    IDLE,
    /** A request is outstanding; no byte of its response, or of the next one for it, has come. */
    START,
    /** Between the first byte and the last one. */
    RESPONSE,
    /** Another protocol is spoken. */
    SWITCHED,
    FAILED
  }

  private final HttpLimits limits;
  private final Trailers trailers;
  private State state = State.IDLE;
  private String method = "";

  // Of the current response.
  private int blanks;
  private boolean isOneZero;
  private int status;
  private boolean isSwitch;
  private boolean isCloseDelimited;
  private @Nullable HttpHeaders headers; // null: its head is not complete
  private long received;
  private boolean isInLines;
  private boolean isNamed; // a field has begun
  private int folded;

  ResponseDecoder(HttpLimits limits) {
    this(limits, new Trailers());
  }

  private ResponseDecoder(HttpLimits limits, Trailers trailers) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MOST_LINE + LINE_END)
            .setMaxHeaderSize(
                (int) Math.min(Integer.MAX_VALUE, limits.headSize() + (long) LINE_END))
            .setMaxChunkSize(MOST_CONTENT)
            .setStrictLineParsing(false)
            .setAllowDuplicateContentLengths(true)
            .setUseRfc9112TransferEncoding(true)
            .setTrailersFactory(trailers));
    this.limits = limits;
    this.trailers = trailers;
  }

  /**
   * A request of that method is about to be written. Bytes that have come before it are no response
   * to it; they are reported.
   */
  void expect(String nextMethod) {
    if (state == State.START || state == State.RESPONSE) {
      throw new IllegalStateException("a response is outstanding, of " + method);
    }
    method = nextMethod;
    if (state == State.IDLE && !hasLeftover()) {
      state = State.START;
      blanks = 0;
    }
  }

  /**
   * Whether bytes have come that belong to no response so far. Right after a response: too many.
   */
  boolean hasLeftover() {
    return actualReadableBytes() > 0;
  }

  /** Whether the response, whose head has come, ends with the connection. */
  boolean isCloseDelimited() {
    return isCloseDelimited;
  }

  // ---- what comes

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    switch (state) {
      case IDLE -> unexpected(in, out);
      case START -> {
        if (begins(in, out)) {
          read(context, in, out);
        }
      }
      case RESPONSE -> read(context, in, out);
      case SWITCHED -> out.add(in.readRetainedSlice(in.readableBytes()));
      case FAILED -> in.skipBytes(in.readableBytes());
    }
  }

  /** Netty ends what was cut off without a word. */
  @Override
  protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    super.decodeLast(context, in, out);
    Object last = out.isEmpty() ? null : out.get(out.size() - 1);
    boolean isInvalid =
        last instanceof DefaultHttpObject object
            && !(last instanceof ResponseFailure)
            && object.decoderResult().isFailure();
    if (isInvalid) {
      removeLast(out); // a head that was cut off, or that we have refused
    }
    if (state != State.RESPONSE) {
      return;
    }
    if (last instanceof LastHttpContent) {
      headers = null;
      state = State.IDLE; // as a response that ends with the connection should
      return;
    }
    fail(out, new EOFException("connection closed " + where()));
  }

  private void unexpected(ByteBuf in, List<Object> out) {
    int count = in.readableBytes();
    in.skipBytes(count);
    fail(out, new ProtocolException(count + " bytes that no request has asked for"));
  }

  private void read(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
    int start = in.readerIndex();
    isNamed = false;
    int end = in.writerIndex();
    if (isInLines && in.readableBytes() > LINES) {
      in.writerIndex(endOfLines(in, start, end));
    }
    super.decode(context, in, out);
    in.writerIndex(end);
    isInLines = out.isEmpty(); // in the head, before a chunk or in the trailers
    folded = isInLines && !isNamed ? folded + in.readerIndex() - start : 0;
    if (folded > MOST_FOLDED) {
      fail(out, wrong(tooMany("bytes of folded lines", MOST_FOLDED)));
    } else {
      check(out);
    }
  }

  /** Of those that fit in {@link #LINES} bytes: what may be a long body is not looked through. */
  private static int endOfLines(ByteBuf in, int start, int end) {
    int last = in.indexOf(start + LINES, start, (byte) '\n');
    if (last < 0) {
      last = in.indexOf(start + LINES, end, (byte) '\n');
    }
    return last < 0 ? end : last + 1;
  }

  /** Skips blank lines; what follows must look like a status line. */
  private boolean begins(ByteBuf in, List<Object> out) {
    while (in.isReadable()) {
      byte first = in.getByte(in.readerIndex());
      if (first == 'H') {
        state = State.RESPONSE;
        isOneZero = false;
        isSwitch = false;
        isCloseDelimited = false;
        headers = null;
        received = 0;
        isInLines = true;
        folded = 0;
        return true;
      }
      if ((first != '\r' && first != '\n') || ++blanks > MOST_BLANK) {
        in.skipBytes(in.readableBytes());
        String wrong = "0x" + Integer.toHexString(first & 0xff);
        fail(out, new ProtocolException("response must begin with HTTP/1., was " + wrong));
        return false;
      }
      in.skipBytes(1);
    }
    return false;
  }

  /**
   * Looks at the last of what Netty has made of some bytes: by its class, since to ask objects for
   * several interfaces in turn is slow.
   */
  private void check(List<Object> out) {
    if (out.isEmpty()) {
      return;
    }
    Object last = out.get(out.size() - 1);
    if (last == LastHttpContent.EMPTY_LAST_CONTENT) {
      ended(LastHttpContent.EMPTY_LAST_CONTENT, out);
    } else if (((DefaultHttpObject) last).decoderResult().isFailure()) {
      removeLast(out);
      out.forEach(this::count);
      fail(out, wrong(((DefaultHttpObject) last).decoderResult().cause()));
    } else if (last instanceof DefaultLastHttpContent end) {
      ended(end, out);
    } else if (last instanceof DefaultHttpResponse response) {
      headers = response.headers();
    } else {
      count(last);
    }
  }

  private void count(Object message) {
    received += ((DefaultHttpContent) message).content().readableBytes();
  }

  private void ended(LastHttpContent end, List<Object> out) {
    int fields = headers == null ? 0 : headers.size();
    headers = null;
    if (fields + end.trailingHeaders().size() > limits.headerCount()) {
      removeLast(out);
      String most = "more than " + limits.headerCount() + " header fields and trailers";
      fail(out, new ProtocolException(most));
    } else if (isSwitch) {
      state = State.SWITCHED;
    } else {
      state = status < 200 ? State.START : State.IDLE;
    }
  }

  // ---- what is wrong

  private static void removeLast(List<Object> out) {
    ReferenceCountUtil.release(out.remove(out.size() - 1));
  }

  private void fail(List<Object> out, IOException cause) {
    state = State.FAILED;
    out.add(new ResponseFailure(cause));
  }

  private ProtocolException wrong(Throwable cause) {
    Throwable known = cause; // which names the limits that it was given
    if (cause instanceof TooLongHttpHeaderException) {
      known = tooMany("bytes of header fields", limits.headSize());
    } else if (cause instanceof TooLongHttpLineException) {
      known = tooMany("bytes of a line", MOST_LINE);
    }
    Throwable detail = known.getCause();
    String reason = known.getMessage() + (detail == null ? "" : ": " + detail.getMessage());
    ProtocolException failure = new ProtocolException(where() + ": " + reason);
    failure.initCause(known);
    return failure;
  }

  private String where() {
    if (headers == null) {
      return "in the head of the response";
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return "after " + received + (length == null ? "" : " of " + length) + " bytes of the body";
  }

  private static IllegalArgumentException tooMany(String what, int most) {
    return new IllegalArgumentException("more than " + most + " " + what);
  }

  // ---- the status line; nobody needs its words

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    isOneZero = StatusLine.minorVersion(line, start, length) == 0;
    return "";
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    status = StatusLine.status(line, start, length);
    return "";
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    StatusLine.checkReason(line, start, length);
    return "";
  }

  /** As 1.1 at first: for 1.0 Netty would look at the first of several lengths only. */
  @Override
  protected HttpMessage createMessage(String[] words) {
    return new DefaultHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headersFactory);
  }

  // ---- header fields

  /** Netty would skip what is between white space and the colon, and do without a colon then. */
  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    if (line[start + length] != ':') {
      throw new IllegalArgumentException("header name must be followed by a colon");
    }
    isNamed = true;
    return FieldNames.of(line, start, length);
  }

  /** The first question that Netty asks about a complete head. */
  @Override
  protected boolean isSwitchingToNonHttp1Protocol(HttpResponse response) {
    isSwitch = status == 101 || (status / 100 == 2 && method.equals("CONNECT"));
    return isSwitch;
  }

  /** The second one, asked before it decides how the body is framed. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    checkSize(message);
    HttpHeaders all = message.headers();
    boolean isEmpty =
        isSwitch || status < 200 || status == 204 || status == 304 || method.equals("HEAD");
    if (!isEmpty) {
      String coding = all.get(HttpHeaderNames.TRANSFER_ENCODING);
      trailers.mayCome(coding != null);
      if (coding == null) {
        isCloseDelimited = !all.contains(HttpHeaderNames.CONTENT_LENGTH);
      } else if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
        // We offer no other. That it is the only one, and without a length, Netty checks.
        throw new IllegalArgumentException("Transfer-Encoding must be chunked, was " + coding);
      }
    }
    if (isOneZero) {
      message.setProtocolVersion(HttpVersion.HTTP_1_0); // Netty refuses codings then
    }
    return isEmpty;
  }

  private void checkSize(HttpMessage message) {
    HttpMessageDecoderResult sizes = (HttpMessageDecoderResult) message.decoderResult();
    if (sizes.initialLineLength() > MOST_LINE) {
      throw tooMany("bytes of a line", MOST_LINE);
    }
    if (sizes.headerSize() > limits.headSize()) {
      throw tooMany("bytes of header fields", limits.headSize());
    }
    if (message.headers().size() > limits.headerCount()) {
      throw tooMany("header fields", limits.headerCount());
    }
  }
}
