package io.fourtuple.examples.clients;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * Micrometer's timers around the pool's client. Runs in a private network: see {@link
 * JavaHttpClientsIT}.
 */
class MicrometerScenarios extends DropInContract {
  @Override
  Framework framework(HttpClient client, Duration timeout) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    return new Wrapped(
        JavaHttpClientRecipes.micrometer(client, registry),
        timeout,
        () ->
            registry.find("http.client.requests").timers().stream().mapToLong(Timer::count).sum());
  }

  @Override
  Class<? extends Throwable> timeout() {
    return HttpTimeoutException.class;
  }

  @Override
  Class<? extends Throwable> refusal() {
    return IOException.class;
  }
}
