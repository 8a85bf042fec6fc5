package io.fourtuple.netty.http;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpObject;
import java.io.IOException;

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
}
