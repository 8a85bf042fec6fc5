package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Outcome.End;
import org.junit.jupiter.api.Test;

class ResponseFuzzTest {
  /** The first cases of a run that is made by hand with millions of them. */
  @Test
  void whateverComesIsReadAsThePlainParserDoes() {
    ResponseFuzz fuzz = new ResponseFuzz();
    fuzz.run(1, 20_000);
    for (End end : End.values()) {
      assertThat(fuzz.count(end)).as("%s: %s", end, fuzz).isPositive();
    }
    assertThat(fuzz.poisoned()).as(fuzz.toString()).isPositive();
  }
}
