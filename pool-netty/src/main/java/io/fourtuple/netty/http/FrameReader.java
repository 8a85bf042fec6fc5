package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes of frames, which Netty's decoder has checked, what a listener hears. Copies what is in
 * them: listeners keep it, whatever their contract says. Confined to an event loop.
 */
final class FrameReader {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder(); // reports what is wrong
  private ByteBuffer cutOff = NOTHING; // the begin of a character whose end is in the next frame
  private boolean isText;

  /**
   * Does not release the frame.
   *
   * @return null where the frame has the begin of a character only
   * @throws CorruptedWebSocketFrameException where the frame is not what it should be
   */
  @Nullable Incoming read(WebSocketFrame frame) {
    ByteBuf content = frame.content();
    if (frame instanceof PingWebSocketFrame) {
      return new Incoming.Ping(copy(content));
    }
    if (frame instanceof PongWebSocketFrame) {
      return new Incoming.Pong(copy(content));
    }
    if (frame instanceof CloseWebSocketFrame) {
      return close(content);
    }
    if (frame instanceof TextWebSocketFrame) {
      isText = true;
    } else if (frame instanceof BinaryWebSocketFrame) {
      isText = false;
    }
    return isText
        ? text(content, frame.isFinalFragment())
        : new Incoming.Binary(copy(content), frame.isFinalFragment());
  }

  private @Nullable Incoming text(ByteBuf content, boolean last) {
    boolean isEmpty = !content.isReadable();
    int length = cutOff.remaining() + content.readableBytes();
    ByteBuffer bytes = ByteBuffer.allocate(length).put(cutOff);
    content.readBytes(bytes);
    bytes.flip();
    CharBuffer characters = CharBuffer.allocate(length); // never more than bytes
    CoderResult result = utf8.decode(bytes, characters, last);
    if (result.isUnderflow() && last) {
      result = utf8.flush(characters);
      utf8.reset();
    }
    if (result.isError()) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "text must be UTF-8");
    }
    cutOff = bytes.hasRemaining() ? copy(bytes) : NOTHING;
    String text = characters.flip().toString();
    return text.isEmpty() && !isEmpty ? null : new Incoming.Text(text, last);
  }

  private static Incoming close(ByteBuf content) {
    if (!content.isReadable()) {
      return new Incoming.Close(CloseCode.NONE, "");
    }
    int code = content.readUnsignedShort();
    if (!CloseCode.mayReceive(code)) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.PROTOCOL_ERROR, "server must not close with code " + code);
    }
    try {
      String reason = StandardCharsets.UTF_8.newDecoder().decode(copy(content)).toString();
      return new Incoming.Close(code, reason);
    } catch (CharacterCodingException e) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "reason of close must be UTF-8", e);
    }
  }

  private static ByteBuffer copy(ByteBuf from) {
    ByteBuffer copy = ByteBuffer.allocate(from.readableBytes());
    from.readBytes(copy);
    return copy.flip();
  }

  static ByteBuffer copy(ByteBuffer from) {
    return ByteBuffer.allocate(from.remaining()).put(from).flip();
  }
}
