package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ReflectiveChannelFactory;

/**
 * Makes channels with a {@link PortBudgetHandler} at the head of their pipelines, for clients that
 * take a {@code Bootstrap} or a channel factory.
 *
 * <pre>{@code
 * bootstrap.channelFactory(BudgetedChannelFactory.of(NioSocketChannel.class, budget));
 * }</pre>
 *
 * <p>Thread-safe as far as the wrapped factory is. Works with Netty 4.1 and 4.2.
 *
 * @param <C> the type of channel
 */
public final class BudgetedChannelFactory<C extends Channel> implements ChannelFactory<C> {
  private final ChannelFactory<? extends C> factory;
  private final PortBudgetHandler handler;

  private BudgetedChannelFactory(ChannelFactory<? extends C> factory, PortBudgetHandler handler) {
    this.factory = requireNonNull(factory, "factory must not be null");
    this.handler = requireNonNull(handler, "handler must not be null");
  }

  /** Wraps a factory. */
  public static <C extends Channel> BudgetedChannelFactory<C> of(
      ChannelFactory<? extends C> factory, PortBudgetHandler handler) {
    return new BudgetedChannelFactory<>(factory, handler);
  }

  /**
   * Makes channels of a type.
   *
   * @param type has a constructor without parameters
   * @throws IllegalArgumentException where it has not
   */
  public static <C extends Channel> BudgetedChannelFactory<C> of(
      Class<? extends C> type, PortBudgetHandler handler) {
    requireNonNull(type, "type must not be null");
    return new BudgetedChannelFactory<>(new ReflectiveChannelFactory<C>(type), handler);
  }

  @Override
  public C newChannel() {
    C channel = factory.newChannel();
    channel.pipeline().addFirst(handler);
    return channel;
  }

  @Override
  public String toString() {
    return "BudgetedChannelFactory(" + factory + ")";
  }
}
