package io.fourtuple.netty.http;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Status codes and reasons of Close frames: RFC 6455, 7.4. */
final class CloseCode {
  static final int NORMAL = 1000;

  /** For {@code onClose}, where the frame has no code. */
  static final int NONE = 1005;

  /** For {@code onClose}, where there was no frame: the connection has ended. */
  static final int ABNORMAL = 1006;

  /** Says that an extension is missing, which is for clients to say. */
  private static final int MANDATORY_EXTENSION = 1010;

  /** What is left of the 125 bytes of a control frame. */
  private static final int LONGEST_REASON = 123;

  private CloseCode() {}

  /**
   * Whether users may send it: those that {@link java.net.http.WebSocket#sendClose} calls illegal,
   * and those without a meaning, are left out.
   */
  static boolean maySend(int code) {
    return switch (code) {
      case 1000, 1001, 1008, 1011 -> true;
      default -> code >= 3000 && code <= 4999;
    };
  }

  /** Whether a server may send it; those that nobody may send Netty has refused. */
  static boolean mayReceive(int code) {
    return code != MANDATORY_EXTENSION;
  }

  /** What answers a Close. */
  static int answerTo(int code) {
    return code == NONE || code == ABNORMAL ? NORMAL : code;
  }

  /** Whether a reason fits into a frame, as UTF-8. */
  static boolean isReason(String reason) {
    if (reason.length() > LONGEST_REASON) {
      return false;
    }
    try {
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(reason)).remaining()
          <= LONGEST_REASON;
    } catch (CharacterCodingException malformed) {
      return false;
    }
  }
}
