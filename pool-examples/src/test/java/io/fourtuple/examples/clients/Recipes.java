package io.fourtuple.examples.clients;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.BudgetedChannelFactory;
import io.fourtuple.netty.PortBudgetHandler;
import io.grpc.netty.NettyChannelBuilder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.http.client.HttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;

/** What has to be said to each client, and no more. */
final class Recipes {
  private Recipes() {}

  static PortBudgetHandler budget() {
    HostPorts ports = HostPorts.builder().sources("10.0.0.5", "10.0.0.6").build();
    return PortBudgetHandler.of(ports); // one for all channels of all clients
  }

  static HttpClient reactorNetty(HttpClient client, PortBudgetHandler budget) {
    ChannelPipelineConfigurer installer = // one, for it is part of the pool's key
        (observer, channel, remote) -> channel.pipeline().addFirst(budget);
    return client.doOnChannelInit(installer);
  }

  static DefaultAsyncHttpClientConfig.Builder asyncHttpClient(
      DefaultAsyncHttpClientConfig.Builder config, PortBudgetHandler budget) {
    return config
        .setHttpAdditionalChannelInitializer(channel -> channel.pipeline().addFirst(budget))
        .setWsAdditionalChannelInitializer(channel -> channel.pipeline().addFirst(budget));
  }

  static NettyChannelBuilder grpc(
      NettyChannelBuilder channel, EventLoopGroup loops, PortBudgetHandler budget) {
    return channel
        .eventLoopGroup(loops)
        .channelFactory(BudgetedChannelFactory.of(NioSocketChannel.class, budget));
  }

  static ClientResources.Builder lettuce(
      ClientResources.Builder resources, PortBudgetHandler budget) {
    return resources.nettyCustomizer(
        new NettyCustomizer() {
          @Override
          public void afterChannelInitialized(Channel channel) {
            channel.pipeline().addFirst(budget);
          }
        });
  }

  static SdkEventLoopGroup aws(EventLoopGroup loops, PortBudgetHandler budget) {
    return SdkEventLoopGroup.create(
        loops, BudgetedChannelFactory.of(NioSocketChannel.class, budget));
  }
}
