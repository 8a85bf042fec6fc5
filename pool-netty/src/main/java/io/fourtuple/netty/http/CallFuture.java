package io.fourtuple.netty.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What {@code sendAsync} returns. It, and every stage that comes from it, can be cancelled, which
 * gives the exchange up; stages run on the client's executor where they name none.
 */
final class CallFuture<T> extends CompletableFuture<T> {
  private final Call<?> call;

  CallFuture(Call<?> call) {
    this.call = call;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean isCancelled = super.cancel(mayInterruptIfRunning);
    if (mayInterruptIfRunning && isCancelled) {
      call.cancel();
    }
    return isCancelled;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(call);
  }

  @Override
  public Executor defaultExecutor() {
    return call.clientExecutor();
  }
}
