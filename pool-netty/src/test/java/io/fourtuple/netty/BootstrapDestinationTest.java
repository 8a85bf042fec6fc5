package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.VirtualTime;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A name, and when it is looked up. */
class BootstrapDestinationTest {
  private static final InetSocketAddress NAME =
      InetSocketAddress.createUnresolved("service.test", 80);
  private static final Endpoint ONE = Endpoint.of("192.0.2.1", 80);
  private static final Endpoint TWO = Endpoint.of("192.0.2.2", 80);
  private static final Duration LONG = Duration.ofSeconds(31);

  private final VirtualTime time = new VirtualTime();
  private final List<Promise<List<InetSocketAddress>>> asked = new ArrayList<>();
  private final BootstrapDestination destination = destination(NAME);
  private final List<Destination> found = new ArrayList<>();
  private final List<Throwable> failed = new ArrayList<>();

  private BootstrapDestination destination(InetSocketAddress remote) {
    EventLoopGroup noLoops =
        (EventLoopGroup)
            Proxy.newProxyInstance(
                EventLoopGroup.class.getClassLoader(),
                new Class<?>[] {EventLoopGroup.class},
                (proxy, method, arguments) -> null);
    Bootstrap bootstrap = new Bootstrap().group(noLoops).resolver(new ScriptedGroup());
    return new BootstrapDestination(bootstrap, remote, time);
  }

  private final class ScriptedGroup extends AddressResolverGroup<InetSocketAddress> {
    @Override
    public AddressResolver<InetSocketAddress> getResolver(EventExecutor executor) {
      return newResolver(ImmediateEventExecutor.INSTANCE);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new AbstractAddressResolver<>(executor) {
        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
          return false;
        }

        @Override
        protected void doResolve(InetSocketAddress name, Promise<InetSocketAddress> promise) {
          throw new AssertionError("one is asked for, instead of all");
        }

        @Override
        protected void doResolveAll(
            InetSocketAddress name, Promise<List<InetSocketAddress>> promise) {
          asked.add(promise);
        }
      };
    }
  }

  private void find() {
    destination.find(found::add, failed::add);
  }

  private void answer(Endpoint... endpoints) {
    asked
        .get(asked.size() - 1)
        .setSuccess(Stream.of(endpoints).map(Endpoint::toSocketAddress).toList());
  }

  private static Destination known(Endpoint... endpoints) {
    return Destination.of("service.test", endpoints);
  }

  @Test
  void allWhoComeBeforeTheAnswerWaitForIt() {
    find();
    find();
    assertThat(found).isEmpty();
    answer(TWO, ONE, TWO);

    assertThat(found).containsExactly(known(ONE, TWO), known(ONE, TWO));
    assertThat(asked).hasSize(1);
  }

  @Test
  void whatIsKnownServesWhileItIsAskedForAgain() {
    find();
    answer(ONE);
    find();
    assertThat(asked).hasSize(1);
    time.advance(LONG);
    find();
    find();
    assertThat(asked).hasSize(2);
    answer(TWO);
    find();

    assertThat(found).containsExactly(known(ONE), known(ONE), known(ONE), known(ONE), known(TWO));
  }

  @Test
  void anotherOrderIsNoOtherDestination() {
    find();
    answer(ONE, TWO);
    time.advance(LONG);
    find();
    answer(TWO, ONE);
    find();

    assertThat(found).containsOnly(known(ONE, TWO));
  }

  @Test
  void aFailedConnectHasItAskedAgainOncePerSecond() {
    find();
    answer(ONE);
    destination.connectFailed();
    find();
    assertThat(asked).as("just asked").hasSize(1);
    time.advance(Duration.ofSeconds(1));
    find();
    assertThat(asked).hasSize(2);
  }

  @Test
  void aFailureIsToldToThoseWhoWaitAndTheNextAsksAgain() {
    find();
    UnknownHostException why = new UnknownHostException("no");
    asked.get(0).setFailure(why);
    assertThat(failed).containsExactly(why);
    find();
    answer();
    find();
    answer(ONE);

    assertThat(failed).hasSize(2);
    assertThat(failed.get(1)).hasMessageContaining("no IP address of service.test");
    assertThat(found).containsExactly(known(ONE));
  }

  @Test
  void aFailureLaterLeavesWhatIsKnown() {
    find();
    answer(ONE);
    time.advance(LONG);
    find();
    asked.get(1).setFailure(new UnknownHostException("no"));
    find();

    assertThat(found).containsOnly(known(ONE)).hasSize(3);
    assertThat(failed).isEmpty();
  }

  @Test
  void anAddressIsNeverAskedFor() {
    BootstrapDestination address = destination(new InetSocketAddress("192.0.2.1", 80));
    address.connectFailed();
    time.advance(LONG);
    address.find(found::add, failed::add);

    assertThat(found).containsExactly(Destination.of(ONE));
    assertThat(asked).isEmpty();
  }

  /** As a resolver does that leaves names to a proxy. */
  @Test
  void aNameThatStaysUnresolvedFailsTheCaller() {
    find();
    asked.get(0).setSuccess(List.of(NAME));

    assertThat(found).isEmpty();
    assertThat(failed).singleElement().isInstanceOf(UnknownHostException.class);
  }

  @Test
  void whoWaitsForAnAnswerMayBeRefused() {
    find();
    IllegalStateException why = new IllegalStateException("closed");
    destination.refuseAll(why);
    asked.get(0).setSuccess(List.of(ONE.toSocketAddress()));

    assertThat(failed).containsExactly(why);
    assertThat(found).isEmpty();
    assertThat(destination.isKnown()).isTrue();
  }
}
