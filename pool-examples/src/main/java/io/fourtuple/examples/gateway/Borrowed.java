package io.fourtuple.examples.gateway;

import io.fourtuple.netty.PooledChannels;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;

/**
 * An upstream's connection in the hands of one exchange.
 *
 * <p>On the client's event loop it is read as it comes, until the client is too slow: to switch
 * reading on and off for each response costs system calls. On another loop it could run ahead of
 * the client, and is read once each time that somebody asks for it.
 */
final class Borrowed {
  private final Lease<Channel> lease;
  private final Channel channel;
  private final boolean isOnLoop;
  private final UpstreamHandler handler;
  private boolean isSwitched; // to another protocol

  /**
   * Takes it.
   *
   * @param isOnLoop whether its event loop is the client's
   */
  Borrowed(Lease<Channel> lease, Exchange to, boolean isOnLoop) {
    this.lease = lease;
    this.channel = lease.connection();
    this.isOnLoop = isOnLoop;
    this.handler = UpstreamHandler.of(channel);
    handler.lentTo(to);
    channel.config().setAutoRead(isOnLoop);
  }

  Channel channel() {
    return channel;
  }

  /** Lets the next part come. */
  void read() {
    if (isOnLoop) {
      channel.config().setAutoRead(true);
    } else {
      channel.read();
    }
  }

  /** Lets nothing come until {@link #read}. */
  void pause() {
    channel.config().setAutoRead(false);
  }

  /** From here on bytes pass as they are. */
  void switchProtocols() {
    isSwitched = true;
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true); // it may be silent for long
    if (isOnLoop) {
      channel.pipeline().remove(HttpClientCodec.class);
    } else {
      channel.eventLoop().execute(() -> channel.pipeline().remove(HttpClientCodec.class));
    }
  }

  /**
   * Request and response are complete. This or {@link #breakOff} is to be called once.
   *
   * @param mayReuse whether another request may follow; else the upstream has said that it closes,
   *     so that TIME_WAIT can be its
   */
  void end(boolean mayReuse) {
    release();
    if (mayReuse) {
      lease.close();
    } else {
      PooledChannels.expectPeerClose(channel);
      lease.discard();
    }
  }

  /** Ends it in the middle; clients that give up must not spend the ports. */
  void breakOff() {
    release();
    if (!isSwitched) { // else the other protocol's last words may be on their way
      PooledChannels.cutOff(channel);
    }
    lease.discard();
  }

  private void release() {
    handler.lentTo(null);
    channel.config().setAutoRead(true); // the pool wants to hear of its end
  }
}
