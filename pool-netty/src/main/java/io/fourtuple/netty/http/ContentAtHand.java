package io.fourtuple.netty.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A small body that is in memory already, as of {@code BodyPublishers.ofString} and {@code
 * ofByteArray}: it is written in one go with the head, where others are asked for piece by piece.
 */
final class ContentAtHand implements Flow.Subscriber<ByteBuffer> {
  /** More is written piece by piece, which TLS would have to copy. */
  private static final long MOST = 64 << 10;

  /** These two of the JDK's publishers call back at once, and never block. */
  private static final Set<Class<?>> IN_MEMORY =
      Set.of(
          BodyPublishers.ofString("").getClass(),
          BodyPublishers.ofByteArray(new byte[0]).getClass());

  private final List<ByteBuffer> items = new ArrayList<>(1);
  private boolean isComplete;

  private ContentAtHand() {}

  /** Returns null where it is not known to be at hand. */
  static @Nullable ContentAtHand of(BodyPublisher publisher, long length) {
    if (length <= 0 || length > MOST || !IN_MEMORY.contains(publisher.getClass())) {
      return null;
    }
    ContentAtHand content = new ContentAtHand();
    publisher.subscribe(content);
    return content.isComplete && content.size() == length ? content : null;
  }

  private long size() {
    long size = 0;
    for (ByteBuffer item : items) {
      size += item.remaining();
    }
    return size;
  }

  /** A view that is to be released, for one request. */
  ByteBuf buffer() {
    return items.size() == 1
        ? Unpooled.wrappedBuffer(items.get(0))
        : Unpooled.wrappedBuffer(items.toArray(ByteBuffer[]::new));
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ByteBuffer item) {
    items.add(item);
  }

  @Override
  public void onError(Throwable why) {
    items.clear();
  }

  @Override
  public void onComplete() {
    isComplete = true;
  }
}
