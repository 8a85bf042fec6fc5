package io.fourtuple.netty.http;

import java.io.IOException;

/**
 * What a response may be at most.
 *
 * @param headSize bytes of all header fields and trailers
 * @param headerCount header fields and trailers
 * @param informational responses before the final one
 */
record HttpLimits(int headSize, int headerCount, int informational) {
  IOException tooManyInformational() {
    return new IOException("more than " + informational + " informational responses");
  }
}
