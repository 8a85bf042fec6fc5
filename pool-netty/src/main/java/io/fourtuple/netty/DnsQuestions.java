package io.fourtuple.netty;

import io.fourtuple.pool.EndpointResolver.Resolution;
import io.fourtuple.port.Endpoint;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Questions to the Domain Name System. With {@link DnsTimes} the only class that touches the
 * optional jar, so that its absence is harmless. One resolver per address family, so that it is
 * known which of them has not answered; both work on one event loop, and all is done there.
 */
@SuppressWarnings("CollectionUndefinedEquality") // the very same future
final class DnsQuestions {
  private static final Set<DnsResponseCode> NONE =
      Set.of(DnsResponseCode.NXDOMAIN, DnsResponseCode.NOERROR);

  private final Duration shortest;
  private final Duration longest;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final DnsTimes times = new DnsTimes();
  private final DnsNameResolver six;
  private final DnsNameResolver four;

  /** Those that nobody has answered yet; of any thread. */
  private final Set<CompletableFuture<Resolution>> open = ConcurrentHashMap.newKeySet();

  private volatile boolean isClosed;

  DnsQuestions(
      List<InetSocketAddress> nameServers,
      Duration queryTimeout,
      Duration shortest,
      Duration longest) {
    this.shortest = shortest;
    this.longest = longest;
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("fourtuple-dns", true), NioIoHandler.newFactory());
    this.loop = group.next();
    DnsNameResolverBuilder settings =
        new DnsNameResolverBuilder(loop)
            .datagramChannelType(NioDatagramChannel.class)
            .socketChannelType(NioSocketChannel.class) // where an answer does not fit
            .queryTimeoutMillis(queryTimeout.toMillis())
            .resolveCache(times)
            .cnameCache(times);
    if (!nameServers.isEmpty()) {
      settings.nameServerProvider(new SequentialDnsServerAddressStreamProvider(nameServers));
    }
    six = settings.copy().resolvedAddressTypes(ResolvedAddressTypes.IPV6_ONLY).build();
    four = settings.copy().resolvedAddressTypes(ResolvedAddressTypes.IPV4_ONLY).build();
  }

  CompletableFuture<Resolution> resolve(String host, int port) {
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      answer.complete(new Resolution(List.of(new Endpoint(literal, port)), longest));
      return answer;
    }
    try {
      open.add(answer);
      loop.execute(() -> askUnlessClosed(host, port, answer));
    } catch (RejectedExecutionException e) {
      refuse(answer);
    }
    return answer;
  }

  private void refuse(CompletableFuture<Resolution> answer) {
    open.remove(answer);
    answer.completeExceptionally(new IllegalStateException("the resolver is closed"));
  }

  private void askUnlessClosed(String host, int port, CompletableFuture<Resolution> answer) {
    if (isClosed) {
      refuse(answer);
    } else {
      ask(host, port, answer);
    }
  }

  private void ask(String host, int port, CompletableFuture<Resolution> answer) {
    DnsTimes.Question question = times.begin(host);
    Future<List<InetAddress>> ofSix = six.resolveAll(host);
    Future<List<InetAddress>> ofFour = four.resolveAll(host);
    Runnable look =
        () -> {
          if (ofSix.isDone() && ofFour.isDone() && times.end(question)) {
            open.remove(answer);
            complete(answer, host, port, List.of(ofSix, ofFour), question.seconds());
          }
        };
    ofSix.addListener(done -> look.run());
    ofFour.addListener(done -> look.run());
  }

  private void complete(
      CompletableFuture<Resolution> answer,
      String host,
      int port,
      List<Future<List<InetAddress>>> families,
      long seconds) {
    List<Endpoint> found = new ArrayList<>();
    Throwable why = null;
    boolean isComplete = true;
    for (Future<List<InetAddress>> family : families) {
      Throwable failure = family.cause();
      if (failure == null) {
        family.getNow().forEach(address -> found.add(new Endpoint(address, port)));
      } else if (!saysThatThereIsNone(failure)) {
        isComplete = false;
        why = failure;
      }
    }
    if (found.isEmpty()) {
      UnknownHostException none =
          new UnknownHostException(
              host + (isComplete ? " has no address" : " was not answered for"));
      none.initCause(why);
      answer.completeExceptionally(none);
    } else {
      answer.complete(new Resolution(found, bounded(seconds), isComplete));
    }
  }

  private Duration bounded(long seconds) {
    long bounded =
        Math.max(
            shortest.toNanos(), Math.min(longest.toNanos(), TimeUnit.SECONDS.toNanos(seconds)));
    return Duration.ofNanos(bounded);
  }

  /** Whether a name server has answered, and there is no such record or name. */
  private static boolean saysThatThereIsNone(Throwable failure) {
    Throwable why = failure.getCause();
    boolean isAnswer =
        why == null
            || (why instanceof DnsErrorCauseException error && NONE.contains(error.getCode()));
    return isAnswer && failure instanceof UnknownHostException;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for its thread to end
  void close() {
    isClosed = true;
    open.forEach(this::refuse); // before what is asked for fails for want of a channel
    six.close();
    four.close();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }
}
