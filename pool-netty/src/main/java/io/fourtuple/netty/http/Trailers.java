package io.fourtuple.netty.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

/**
 * Makes the trailers of the responses on one connection. Netty asks for some with the last bytes of
 * every body, although only a chunked one can have any; to make them in vain takes 170 bytes.
 */
final class Trailers implements HttpHeadersFactory {
  private static final HttpHeadersFactory SOME = DefaultHttpHeadersFactory.trailersFactory();

  private boolean mayCome;

  /** Whether the body that follows can have some. */
  void mayCome(boolean isChunked) {
    mayCome = isChunked;
  }

  @Override
  public HttpHeaders newHeaders() {
    return mayCome ? SOME.newHeaders() : EmptyHttpHeaders.INSTANCE;
  }

  @Override
  public HttpHeaders newEmptyHeaders() {
    return mayCome ? SOME.newEmptyHeaders() : EmptyHttpHeaders.INSTANCE;
  }
}
