package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a connector tells about one connection, and what becomes of its port. */
final class Attempt implements ConnectionEvents<Channel> {
  private static final Pattern SETTLED = Pattern.compile("settled: (\\w+)");

  final PortReservation reservation;
  final Queue<String> calls = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Channel> connected = new CompletableFuture<>();
  private final CompletableFuture<ConnectFailure> failed = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile Cancellable cancellable = () -> {};

  Attempt(PortReservation reservation) {
    this.reservation = reservation;
  }

  void cancellable(Cancellable cancellable) {
    this.cancellable = cancellable;
  }

  void cancel() {
    cancellable.cancel();
  }

  @Override
  public void connected(Channel connection) {
    calls.add("connected");
    connected.complete(connection);
    failed.completeExceptionally(new AssertionError("connected, should have failed"));
  }

  @Override
  public void failed(ConnectFailure failure) {
    calls.add("failed");
    failed.complete(failure);
    connected.completeExceptionally(failure.cause());
  }

  @Override
  public void closed() {
    calls.add("closed");
    closed.complete(null);
  }

  Channel channel() throws Exception {
    return connected.get(10, TimeUnit.SECONDS);
  }

  ConnectFailure failure() throws Exception {
    return failed.get(10, TimeUnit.SECONDS);
  }

  void awaitClosed() throws Exception {
    closed.get(10, TimeUnit.SECONDS);
  }

  /** How the port of an open connection was settled, once it is. */
  Ending endingOf(Channel channel) throws Exception {
    assertThat(channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    // The connector's own listener of the close has run when the loop is free again.
    channel.eventLoop().submit(() -> {}).get(10, TimeUnit.SECONDS);
    return ending();
  }

  /** How the port was settled. */
  Ending ending() {
    Matcher matcher = SETTLED.matcher(reservation.toString());
    assertThat(matcher.find()).as("settled: %s", reservation).isTrue();
    return Ending.valueOf(matcher.group(1));
  }

  void assertCalls(String... expected) {
    assertThat(calls).containsExactlyElementsOf(List.of(expected));
  }
}
