package io.fourtuple.netty.http;

import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Opens WebSockets on connections of a {@link PooledHttpClient}: everything that {@link
 * WebSocket.Builder} has, and a bound on frames. Not thread-safe.
 *
 * <p>A WebSocket holds its connection, and its local port, until Close has gone both ways, until it
 * fails, or until it is aborted; after a closing handshake the server's FIN is awaited, up to the
 * connector's close time-out, so that TIME_WAIT stays with the server (RFC 6455, 7.1.1). Data is
 * read from the connection only when the listener has asked for it, and a frame is given to it as a
 * whole. What it gets it may keep. Where the connection ends without a Close, {@code onClose} is
 * called with status code 1006; where it fails, {@code onError}.
 */
public final class PooledWebSocketBuilder implements WebSocket.Builder {
  /** Room for the largest frames that servers of note allow to be sent. */
  private static final int MAX_FRAME_SIZE = 16 << 20;

  private static final int LEAST_FRAME_SIZE = 125;
  private static final int MOST_FRAME_SIZE = 1 << 30;

  private final ClientCore client;
  private final List<String> headers = new ArrayList<>();
  private List<String> subprotocols = List.of();
  private @Nullable Duration connectTimeout;
  private int maxFrameSize = MAX_FRAME_SIZE;

  PooledWebSocketBuilder(ClientCore client) {
    this.client = client;
  }

  @Override
  public PooledWebSocketBuilder header(String name, String value) {
    headers.add(Objects.requireNonNull(name, "name must not be null"));
    headers.add(Objects.requireNonNull(value, "value must not be null"));
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Includes waiting for a connection, which the client's {@code acquireTimeout} bounds too.
   */
  @Override
  public PooledWebSocketBuilder connectTimeout(Duration timeout) {
    connectTimeout = Objects.requireNonNull(timeout, "timeout must not be null");
    return this;
  }

  @Override
  public PooledWebSocketBuilder subprotocols(String mostPreferred, String... lesserPreferred) {
    List<String> all = new ArrayList<>(lesserPreferred.length + 1);
    all.add(Objects.requireNonNull(mostPreferred, "mostPreferred must not be null"));
    for (String subprotocol : lesserPreferred) {
      all.add(Objects.requireNonNull(subprotocol, "lesserPreferred must not have null"));
    }
    subprotocols = all;
    return this;
  }

  /**
   * How long a frame of the server may be; a longer one is answered with status code 1009. A frame
   * is in memory as a whole; messages of any length can be sent in several.
   *
   * @param bytes of payload, 125 to 1 GiB; 16 MiB by default
   */
  public PooledWebSocketBuilder maxFrameSize(int bytes) {
    if (bytes < LEAST_FRAME_SIZE || bytes > MOST_FRAME_SIZE) {
      throw new IllegalArgumentException(
          "maxFrameSize must be in "
              + LEAST_FRAME_SIZE
              + ".."
              + MOST_FRAME_SIZE
              + ", was "
              + bytes);
    }
    maxFrameSize = bytes;
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Asks cookie handler, proxy selector and authenticator as requests do; redirects are not
   * followed. Cancelling the future gives up. It completes, and the listener is called, on the
   * client's executor.
   */
  @Override
  public CompletableFuture<WebSocket> buildAsync(URI uri, WebSocket.Listener listener) {
    Objects.requireNonNull(uri, "uri must not be null");
    Objects.requireNonNull(listener, "listener must not be null");
    try {
      OpeningHandshake handshake = OpeningHandshake.of(uri, headers, subprotocols, connectTimeout);
      return new WebSocketOpening(client, handshake, listener, maxFrameSize).start();
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
