package io.fourtuple.netty.http;

import io.netty.buffer.Unpooled;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/** What a subscriber of a response's body sees. Its methods are TestNG's: see BodiesTckTest. */
@SuppressWarnings("exports") // tests are no module's exports
public class ResponseBodyVerification extends FlowPublisherVerification<List<ByteBuffer>> {
  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long QUIET_MILLIS = 50;
  private static final int MOST = 1_000;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ExchangeRig rig = new ExchangeRig(executor);

  public ResponseBodyVerification() {
    super(new TestEnvironment(TIMEOUT_MILLIS, QUIET_MILLIS));
  }

  @AfterClass
  public void close() {
    rig.close();
    executor.shutdown();
  }

  @Override
  public Flow.Publisher<List<ByteBuffer>> createFlowPublisher(long elements) {
    return subscriber -> {
      if (subscriber == null) {
        throw new NullPointerException("subscriber must not be null"); // fromSubscriber's own
      }
      Exchange exchange = rig.exchange(BodyHandlers.fromSubscriber(subscriber));
      exchange.head(new ResponseHead(200, HttpClient.Version.HTTP_1_1, List.of()));
      for (int i = 0; i < elements; i++) {
        exchange.content(Unpooled.wrappedBuffer(new byte[] {(byte) i}));
        exchange.readComplete();
      }
      exchange.end();
    };
  }

  /** There is none: a response that fails before its body has no subscriber. */
  @Override
  public Flow.Publisher<List<ByteBuffer>> createFailedFlowPublisher() {
    return null;
  }

  @Override
  public long maxElementsFromPublisher() {
    return MOST;
  }
}
