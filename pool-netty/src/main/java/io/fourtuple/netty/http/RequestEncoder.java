package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * Writes requests of HTTP/1.1 (RFC 9112), straight into buffers: Netty's encoder wants an object
 * for each field first, which made up a tenth of the CPU time of a small request. That nothing is
 * written which could be taken for something else is what {@link RequestCheck} is for.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the last promise of several is the caller's
final class RequestEncoder {
  private static final AsciiString VERSION = AsciiString.cached(" HTTP/1.1\r\n");
  private static final int CRLF = '\r' << 8 | '\n';
  private static final int COLON = ':' << 8 | ' ';

  /** Most heads are shorter. */
  private static final int HEAD = 256;

  private static final ByteBuf LINE_END = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  private boolean isChunked;

  private static ByteBuf constant(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
  }

  /**
   * The head of a request, whose body may be written next.
   *
   * @param more further fields
   */
  ByteBuf head(ByteBufAllocator allocator, RequestHead head, RequestHead.Fields.Source more) {
    isChunked = head.contentLength() < 0;
    ByteBuf out = allocator.directBuffer(HEAD);
    try {
      ByteBufUtil.writeAscii(out, head.request().method());
      out.writeByte(' ');
      ByteBufUtil.writeAscii(out, head.target());
      ByteBufUtil.writeAscii(out, VERSION);
      RequestHead.Fields fields =
          (name, value) -> {
            ByteBufUtil.writeAscii(out, name);
            out.writeShort(COLON);
            ByteBufUtil.writeAscii(out, value); // Latin-1 as it is
            out.writeShort(CRLF);
          };
      head.http1(fields);
      more.addTo(fields);
      out.writeShort(CRLF);
      return out;
    } catch (RuntimeException e) { // a field that cannot be sent
      out.release();
      throw e;
    }
  }

  /** A part of the body. */
  void write(ChannelHandlerContext context, HttpContent content, ChannelPromise promise) {
    ByteBuf bytes = content.content();
    boolean isLast = content instanceof LastHttpContent;
    if (!isChunked) {
      context.write(bytes, promise);
    } else if (bytes.isReadable()) {
      context.write(sizeLine(context.alloc(), bytes.readableBytes()));
      context.write(bytes);
      if (isLast) {
        context.write(LINE_END.duplicate());
        context.write(LAST_CHUNK.duplicate(), promise);
      } else {
        context.write(LINE_END.duplicate(), promise);
      }
    } else {
      bytes.release();
      // A chunk of nothing would be taken for the last one.
      context.write(isLast ? LAST_CHUNK.duplicate() : Unpooled.EMPTY_BUFFER, promise);
    }
  }

  private static ByteBuf sizeLine(ByteBufAllocator allocator, int size) {
    ByteBuf line = allocator.directBuffer(10);
    ByteBufUtil.writeAscii(line, Integer.toHexString(size));
    return line.writeShort(CRLF);
  }
}
