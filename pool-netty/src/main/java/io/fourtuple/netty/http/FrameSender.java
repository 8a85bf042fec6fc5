package io.fourtuple.netty.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the frames of one WebSocket, a message piece by piece, as fast as the connection takes
 * them. Confined to its event loop.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails ends the connection, which is heard
final class FrameSender {
  /** As the JDK cuts texts. A piece is copied, to be masked, and servers bound their frames. */
  static final int LONGEST_PIECE = 16 << 10;

  private final Channel channel;
  private final Runnable closeWritten;
  private final Set<SendOperation> inWriting = new HashSet<>();
  private @Nullable Message message;
  private @Nullable ByteBuffer pong;
  private @Nullable CloseWebSocketFrame close;
  private @Nullable SendOperation closing;
  private boolean isPartial; // a message is, whose next part is to be a continuation
  private boolean isCloseQueued;
  private @Nullable IOException ended;

  /** A message, or a part of one. */
  record Message(SendOperation operation, boolean isText, ByteBuffer bytes, boolean last) {}

  /**
   * @param closeWritten run when Close is written, or cannot be
   */
  FrameSender(Channel channel, Runnable closeWritten) {
    this.channel = channel;
    this.closeWritten = closeWritten;
  }

  void send(Message next) {
    if (isEnded(next.operation())) {
      return;
    }
    message = next;
    pump();
  }

  /** A Ping or a Pong, which may go between the pieces of a message. */
  void send(SendOperation operation, WebSocketFrame control) {
    if (isEnded(operation)) {
      control.release();
      return;
    }
    write(operation, control);
    channel.flush();
  }

  /** The answer to a Ping; the latest is enough where several wait (RFC 6455, 5.5.3). */
  void answerPing(ByteBuffer data) {
    if (!isCloseQueued && ended == null) {
      pong = data;
      pump();
    }
  }

  /** Close, behind the message that is being sent. Nothing can be sent any more then. */
  void close(SendOperation operation, CloseWebSocketFrame frame) {
    if (isEnded(operation)) {
      frame.release();
      return;
    }
    isCloseQueued = true;
    pong = null;
    closing = operation;
    close = frame;
    pump();
  }

  /** Says goodbye at once, for the peer has violated the protocol. */
  void fail(CloseWebSocketFrame frame, IOException why) {
    if (isCloseQueued || ended != null) {
      frame.release();
    } else {
      channel.writeAndFlush(frame);
    }
    end(why);
  }

  /** The connection is over; what has not been sent will not be. */
  void end(IOException why) {
    if (ended != null) {
      return;
    }
    ended = why;
    if (message != null) {
      message.operation().end(why);
      message = null;
    }
    if (close != null) {
      close.release();
      close = null;
    }
    if (closing != null) {
      closing.end(why);
    }
    Set<SendOperation> lost = Set.copyOf(inWriting);
    inWriting.clear();
    lost.forEach(operation -> operation.end(why));
  }

  private boolean isEnded(SendOperation operation) {
    if (ended != null) {
      operation.end(ended);
    } else if (isCloseQueued) {
      operation.end(new IOException("output is closed"));
    }
    return ended != null || isCloseQueued;
  }

  /** Writes what the connection takes. */
  void pump() {
    while (ended == null && channel.isWritable()) {
      if (pong != null) {
        channel.write(new PongWebSocketFrame(Unpooled.wrappedBuffer(pong)));
        pong = null;
      } else if (message != null) {
        writePiece(message);
      } else {
        break;
      }
    }
    if (message == null && close != null && closing != null) {
      CloseWebSocketFrame frame = close;
      close = null;
      SendOperation operation = closing;
      write(operation, frame);
    }
    channel.flush();
  }

  private void writePiece(Message current) {
    ByteBuffer piece = piece(current.bytes(), current.isText());
    boolean isEnd = !current.bytes().hasRemaining();
    WebSocketFrame frame = frame(current.isText(), isEnd && current.last(), piece);
    isPartial = !frame.isFinalFragment();
    if (isEnd) {
      message = null;
      write(current.operation(), frame);
    } else {
      channel.write(frame);
    }
  }

  private WebSocketFrame frame(boolean isText, boolean isFinal, ByteBuffer piece) {
    var content = Unpooled.wrappedBuffer(piece);
    if (isPartial) {
      return new ContinuationWebSocketFrame(isFinal, 0, content);
    }
    return isText
        ? new TextWebSocketFrame(isFinal, 0, content)
        : new BinaryWebSocketFrame(isFinal, 0, content);
  }

  /** Takes the next piece; of a text whole characters, since some receivers look at each frame. */
  private static ByteBuffer piece(ByteBuffer from, boolean isText) {
    int length = Math.min(from.remaining(), LONGEST_PIECE);
    if (isText && length < from.remaining()) {
      while ((from.get(from.position() + length) & 0xC0) == 0x80) {
        length--; // the next piece would begin inside a character
      }
    }
    ByteBuffer piece = from.slice(from.position(), length);
    from.position(from.position() + length);
    return piece;
  }

  private void write(SendOperation operation, WebSocketFrame frame) {
    inWriting.add(operation);
    boolean isClose = frame instanceof CloseWebSocketFrame;
    channel
        .write(frame)
        .addListener(
            written -> {
              inWriting.remove(operation);
              operation.end(written.isSuccess() ? null : written.cause());
              if (isClose) {
                closeWritten.run();
              }
            });
  }
}
