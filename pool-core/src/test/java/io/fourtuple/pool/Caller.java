package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who asked for a connection, and what came of it. */
final class Caller implements AcquireCallback<SimulatedConnection> {
  @Nullable Cancellable handle;
  private final List<Object> told = new ArrayList<>();
  private boolean gaveUp;

  @Override
  public void acquired(Lease<SimulatedConnection> lease) {
    told.add(lease);
  }

  @Override
  public void failed(IOException why) {
    told.add(why);
  }

  void giveUp() {
    gaveUp = true;
    if (handle != null) {
      handle.cancel();
    }
  }

  boolean isWaiting() {
    return told.isEmpty() && !gaveUp;
  }

  boolean isServed() {
    return !told.isEmpty() && told.get(0) instanceof Lease<?>;
  }

  int timesTold() {
    return told.size();
  }

  @SuppressWarnings("unchecked") // nothing else is added
  Lease<SimulatedConnection> lease() {
    assertThat(told).as("what the caller was told").hasSize(1);
    assertThat(told.get(0)).isInstanceOf(Lease.class);
    return (Lease<SimulatedConnection>) told.get(0);
  }

  <T extends IOException> T refusal(Class<T> type) {
    assertThat(told).as("what the caller was told").hasSize(1);
    assertThat(told.get(0)).isInstanceOf(type);
    return type.cast(told.get(0));
  }

  @Override
  public String toString() {
    return "told " + told + (gaveUp ? ", gave up" : "");
  }
}
