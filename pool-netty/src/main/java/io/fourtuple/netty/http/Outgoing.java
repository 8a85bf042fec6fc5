package io.fourtuple.netty.http;

import io.fourtuple.pool.Destination;
import java.net.http.HttpRequest.BodyPublisher;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way.
 *
 * @param publisher of a body that is streamed; null where there is none, or it is {@code content}
 * @param content a body that is at hand; null where there is none, or it is streamed
 */
record Outgoing(
    RequestHead head,
    Destination destination,
    @Nullable BodyPublisher publisher,
    @Nullable ContentAtHand content) {

  String method() {
    return head.request().method();
  }

  boolean hasNoBody() {
    return publisher == null && content == null;
  }
}
