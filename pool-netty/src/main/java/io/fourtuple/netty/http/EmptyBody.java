package io.fourtuple.netty.http;

import java.util.concurrent.Flow;

/** What subscribers get where there is no body to ask for. */
final class EmptyBody {
  static final Flow.Subscription SUBSCRIPTION =
      new Flow.Subscription() {
        @Override
        public void request(long items) {}

        @Override
        public void cancel() {}
      };

  private EmptyBody() {}
}
