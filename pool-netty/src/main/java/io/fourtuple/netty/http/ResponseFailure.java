package io.fourtuple.netty.http;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpObject;
import java.io.IOException;
import java.net.ProtocolException;

/**
 * In place of what should have come: the response is wrong or cut off, or bytes came that nobody
 * has asked for. The last message of its connection.
 */
final class ResponseFailure extends DefaultHttpObject {
  private final IOException cause;

  ResponseFailure(IOException cause) {
    this.cause = cause;
    setDecoderResult(DecoderResult.failure(cause));
  }

  /** What was wrong, and where. */
  IOException cause() {
    return cause;
  }

  /** As what we report, whatever a handler has caught. */
  static IOException reason(Throwable cause) {
    if (cause instanceof IOException io) {
      return io;
    }
    if (cause instanceof DecoderException && cause.getCause() instanceof IOException io) {
      return io;
    }
    ProtocolException failure = new ProtocolException(cause.getMessage());
    failure.initCause(cause);
    return failure;
  }
}
