package io.fourtuple.examples.clients;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * OpenTelemetry's spans around the pool's client. Runs in a private network: see {@link
 * JavaHttpClientsIT}.
 */
class OpenTelemetryScenarios extends DropInContract {
  private static final class EndedSpans implements SpanProcessor {
    private final AtomicLong count = new AtomicLong();

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      count.incrementAndGet();
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  @Override
  Framework framework(HttpClient client, Duration timeout) {
    EndedSpans ended = new EndedSpans();
    OpenTelemetrySdk telemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(ended).build())
            .build();
    return new Wrapped(
        JavaHttpClientRecipes.openTelemetry(client, telemetry), timeout, ended.count::get);
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
