package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.fourtuple.host.HostPorts;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortQueues;
import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives the connects of any Netty client port budgets: put it at the head of the pipeline of each
 * channel, before the channel connects.
 *
 * <pre>{@code
 * PortBudgetHandler budget = PortBudgetHandler.of(ports); // one for all channels
 * channel.pipeline().addFirst(budget);
 * }</pre>
 *
 * <p>A connect gets its source address and local port from the ledger. Where the budget is spent it
 * waits in order, for at most the connect time-out of the channel, which covers the wait and the
 * connect together (30 s where the channel has none). It fails with {@link
 * io.fourtuple.port.PortsExhaustedException} where no port came in time, or can come, or too many
 * wait already; and with {@link PortRefusedException} where the kernel has refused the port in a
 * way that cost the channel: connect again on a new one. Where a failure leaves the channel open
 * the handler stays, and the channel may connect again. A connect that is cancelled, or whose
 * channel is closed before it is done, is reset. Budgets are not enforced under {@link
 * io.fourtuple.port.Enforcement#OBSERVE}: connects are counted, and left as they are.
 *
 * <p>A handler that changes where a connect goes, such as a proxy's, must come after it in the
 * pipeline. It must be added without an executor of its own.
 *
 * <p>What the handler knows no budget for it lets pass: a connect with a local address of its own,
 * on a bound channel, to an unresolved or other than IP address, or on another than a {@link
 * SocketChannel}.
 *
 * <p>When the connect is done the handler is out of the pipeline, and costs nothing any more. The
 * port is given back when the channel is closed. Who closed first is not seen then; the ledger asks
 * the kernel, and until it knows counts the port as resting.
 *
 * <p>The first connect on each type of channel reads the kernel's socket table on the event loop,
 * where sources are given.
 *
 * <p>Thread-safe and sharable. Works with Netty 4.1 and 4.2.
 */
@Sharable
public final class PortBudgetHandler extends ChannelOutboundHandlerAdapter {
  private static final int DEFAULT_MAX_WAITERS = 10_000;

  private final HostPorts ports;
  private final int maxWaiters;

  /** By type of channel, for it decides how ports are picked. */
  private final ConcurrentMap<Class<?>, Budget> budgets = new ConcurrentHashMap<>();

  private record Budget(Sources sources, PortQueues queues) {}

  private PortBudgetHandler(HostPorts ports, int maxWaiters) {
    this.ports = requireNonNull(ports, "ports must not be null");
    this.maxWaiters = maxWaiters;
  }

  /** A handler, for any number of channels, that connects from some ports. */
  public static PortBudgetHandler of(HostPorts ports) {
    return new PortBudgetHandler(ports, DEFAULT_MAX_WAITERS);
  }

  /**
   * A handler that lets fewer or more connects wait, for each type of channel; the others are
   * refused. 10,000 by default.
   *
   * @param maxWaiters 0 or more
   */
  public PortBudgetHandler withMaxWaiters(int maxWaiters) {
    if (maxWaiters < 0) {
      throw new IllegalArgumentException("maxWaiters must be >= 0, was " + maxWaiters);
    }
    return new PortBudgetHandler(ports, maxWaiters);
  }

  /** Whose ports are used. */
  public HostPorts ports() {
    return ports;
  }

  /** How many connects wait for a port now. */
  public int waiting() {
    return budgets.values().stream().mapToInt(budget -> budget.queues().waiting()).sum();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
  public void connect(
      ChannelHandlerContext context,
      SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    if (local != null || !isBudgeted(context, remote)) {
      context.pipeline().remove(context.name());
      context.connect(remote, local, promise);
      return;
    }
    InetSocketAddress address = (InetSocketAddress) remote;
    BudgetedConnect connect;
    try {
      connect = budgeted(context.channel(), address, promise);
    } catch (NoRouteToHostException | RuntimeException e) {
      promise.tryFailure(e);
      return;
    }
    context.pipeline().replace(context.name(), context.name(), connect);
    connect.begin();
  }

  private static boolean isBudgeted(ChannelHandlerContext context, SocketAddress remote) {
    return context.channel() instanceof SocketChannel channel
        && channel.localAddress() == null
        && context.pipeline().get(BudgetedConnect.class) == null // put in twice
        && remote instanceof InetSocketAddress address
        && !address.isUnresolved();
  }

  private BudgetedConnect budgeted(
      Channel channel, InetSocketAddress remote, ChannelPromise promise)
      throws NoRouteToHostException {
    Budget budget = budgets.computeIfAbsent(channel.getClass(), type -> budgetFor(channel));
    Endpoint endpoint = Endpoint.of(remote);
    List<Route> routes =
        budget.sources().reaching().apply(endpoint).stream()
            .map(source -> new Route(source, endpoint))
            .toList();
    if (routes.isEmpty()) {
      throw new NoRouteToHostException(
          ports.sources().isEmpty()
              ? "no source address leads to " + endpoint
              : "none of the sources " + ports.sources() + " leads to " + endpoint);
    }
    return new BudgetedConnect(this, budget.sources(), budget.queues(), routes, remote, promise);
  }

  private Budget budgetFor(Channel channel) {
    var sources = ports.forTransport(LocalBinding.abilities(channel));
    return new Budget(
        new Sources(sources.ledger(), sources::reaching, sources.binds()),
        new PortQueues(sources.ledger(), maxWaiters));
  }
}
