package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.ChannelPromise;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The socket of a channel of any transport, by what Netty 4.1 and 4.2 have in common. */
final class ChannelSocket {
  /** {@code IPPROTO_TCP} and {@code TCP_INFO} of {@code linux/tcp.h}. */
  private static final int LEVEL_TCP = 6;

  private static final int TCP_INFO = 11;

  /** Where {@code struct tcp_info} has {@code tcpi_options}; the byte before it ends the field. */
  private static final int OPTIONS_AT = 5;

  private static final RawUnixChannelOption INFO =
      new RawUnixChannelOption("TCP_INFO", LEVEL_TCP, TCP_INFO, OPTIONS_AT + 1);

  private ChannelSocket() {}

  /**
   * Binds, below the pipeline where the transport is native: a channel that is bound through Netty
   * may keep the local address that it had before the connect, without the port that the kernel
   * picks in it (io_uring, 4.2.18), and asks for that address once more than is needed (epoll).
   *
   * @param through the channel, or the place in its pipeline, that binds where it is not native
   * @param promise done then, or later on the event loop
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
  static void bind(
      Channel channel,
      ChannelOutboundInvoker through,
      InetSocketAddress local,
      ChannelPromise promise) {
    if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
      try {
        socket.bind(local);
      } catch (IOException refused) {
        promise.setFailure(refused);
        return;
      }
      promise.setSuccess();
    } else {
      through.bind(local, promise);
    }
  }

  /**
   * Closes a channel at the latest when its event loop ends. Netty does not see to that: a loop
   * that is held up for its quiet period just after it was asked to end, or has none, ends without
   * closing its channels (4.2.18).
   */
  static void closeWithLoop(Channel channel) {
    if (channel.eventLoop() instanceof SingleThreadEventExecutor executor) {
      Runnable hook = () -> channel.unsafe().close(channel.voidPromise());
      executor.addShutdownHook(hook);
      channel.closeFuture().addListener(closed -> executor.removeShutdownHook(hook));
    }
  }

  /** Whether the connection uses TCP timestamps; empty where the transport cannot tell. */
  static Optional<Boolean> usesTimestamps(Channel channel) {
    if (!(channel instanceof UnixChannel)) {
      return Optional.empty();
    }
    try {
      ByteBuffer info = channel.config().getOption(INFO);
      return info == null
          ? Optional.empty()
          : Optional.of(TcpInfo.hasTimestamps(info.get(OPTIONS_AT)));
    } catch (ChannelException gone) {
      return Optional.empty();
    }
  }
}
