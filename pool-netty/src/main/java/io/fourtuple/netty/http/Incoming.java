package io.fourtuple.netty.http;

import java.nio.ByteBuffer;

/** What a listener of a WebSocket is to hear of, in the order in which it came. */
sealed interface Incoming {
  /** A part of a text message, of whole characters. */
  record Text(String data, boolean last) implements Incoming {}

  /** A part of a binary message. */
  record Binary(ByteBuffer data, boolean last) implements Incoming {}

  record Ping(ByteBuffer data) implements Incoming {}

  record Pong(ByteBuffer data) implements Incoming {}

  /**
   * The peer's Close, or the end of the connection without one.
   *
   * @param code as in {@link CloseCode} where the frame has none, or there was no frame
   */
  record Close(int code, String reason) implements Incoming {}

  /** Nothing comes any more: the connection, or the peer, has failed. */
  record Failure(Throwable cause) implements Incoming {}
}
