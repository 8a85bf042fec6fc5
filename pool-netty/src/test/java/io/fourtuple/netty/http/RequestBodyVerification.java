package io.fourtuple.netty.http;

import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.AfterClass;

/** What the publisher of a request's body sees. Its methods are TestNG's: see BodiesTckTest. */
@SuppressWarnings("exports") // tests are no module's exports
public class RequestBodyVerification extends FlowSubscriberBlackboxVerification<ByteBuffer> {
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long QUIET_MILLIS = 50;

  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final ExchangeRig rig = new ExchangeRig(executor);

  public RequestBodyVerification() {
    super(new TestEnvironment(TIMEOUT_MILLIS, QUIET_MILLIS));
  }

  @AfterClass
  public void close() {
    rig.close();
    executor.shutdown();
  }

  @Override
  public Flow.Subscriber<ByteBuffer> createFlowSubscriber() {
    return ExchangeRig.requestBody(rig.exchange(BodyHandlers.discarding()), executor);
  }

  @Override
  public ByteBuffer createElement(int element) {
    return ByteBuffer.wrap(new byte[] {(byte) element});
  }
}
