package io.fourtuple.examples.gateway;

import io.fourtuple.netty.PooledChannels;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;

/** An upstream's connection in the hands of one exchange. It is read when somebody asks for it. */
final class Borrowed {
  private final Lease<Channel> lease;
  private final Channel channel;

  Borrowed(Lease<Channel> lease, Exchange to) {
    this.lease = lease;
    this.channel = lease.connection();
    UpstreamHandler.of(channel).lentTo(to);
    channel.config().setAutoRead(false);
  }

  Channel channel() {
    return channel;
  }

  /**
   * Gives it back. To be called once.
   *
   * @param isReusable whether request and response are complete, and another may follow
   * @param peerCloses whether the upstream has said that it closes, so that TIME_WAIT can be its
   */
  void end(boolean isReusable, boolean peerCloses) {
    UpstreamHandler.of(channel).lentTo(null);
    channel.config().setAutoRead(true); // the pool wants to hear of its end
    if (isReusable) {
      lease.close();
      return;
    }
    if (peerCloses) {
      PooledChannels.expectPeerClose(channel);
    }
    lease.discard();
  }
}
