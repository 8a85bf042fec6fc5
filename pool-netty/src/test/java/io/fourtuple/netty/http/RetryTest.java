package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.Retry.Progress.ANSWERED;
import static io.fourtuple.netty.http.Retry.Progress.NOTHING_WRITTEN;
import static io.fourtuple.netty.http.Retry.Progress.WRITTEN;
import static io.fourtuple.netty.http.Retry.Verdict.ABOVE_GOAWAY;
import static io.fourtuple.netty.http.Retry.Verdict.NONE;
import static io.fourtuple.netty.http.Retry.Verdict.REFUSED_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.Retry.Progress;
import io.fourtuple.netty.http.Retry.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "POST", "PATCH", "get", "LOCK");

  @ParameterizedTest
  @CsvSource({
    "GET, true",
    "HEAD, true",
    "PUT, true",
    "DELETE, true",
    "OPTIONS, true",
    "TRACE, true",
    "POST, false",
    "PATCH, false",
    "get, false",
    "LOCK, false"
  })
  void aStaleConnectionIsReplacedForIdempotentRequests(String method, boolean allowed) {
    assertThat(new Retry(method, true, WRITTEN, true, NONE, 0).isAllowed()).isEqualTo(allowed);
  }

  @Test
  void aNewConnectionThatFailsIsNotStale() {
    assertThat(new Retry("GET", true, WRITTEN, false, NONE, 0).isAllowed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"NOTHING_WRITTEN, NONE", "WRITTEN, REFUSED_STREAM", "WRITTEN, ABOVE_GOAWAY"})
  void whatWasNotProcessedIsSentAgain(Progress progress, Verdict verdict) {
    for (String method : METHODS) {
      for (int retries = 0; retries < Retry.MAX_UNPROCESSED; retries++) {
        assertThat(new Retry(method, true, progress, false, verdict, retries).isAllowed()).isTrue();
        assertThat(new Retry(method, true, progress, true, verdict, retries).isAllowed()).isTrue();
      }
    }
  }

  /** The whole table but for the rows that the tests above say are allowed. */
  @Test
  void neverOtherwise() {
    int rows = 0;
    for (String method : METHODS) {
      for (Progress progress : Progress.values()) {
        for (Verdict verdict : Verdict.values()) {
          for (boolean reused : new boolean[] {true, false}) {
            assertThat(new Retry(method, false, progress, reused, verdict, 0).isAllowed())
                .isFalse();
            boolean inDoubt = progress == WRITTEN && verdict == NONE;
            int most = inDoubt ? Retry.MAX_IN_DOUBT : Retry.MAX_UNPROCESSED;
            assertThat(new Retry(method, true, progress, reused, verdict, most).isAllowed())
                .isFalse();
            assertThat(new Retry(method, true, ANSWERED, reused, verdict, 0).isAllowed()).isFalse();
            rows++;
          }
        }
      }
    }
    assertThat(rows).isEqualTo(180);
    assertThat(List.of(NOTHING_WRITTEN, WRITTEN, ANSWERED)).containsExactly(Progress.values());
    assertThat(List.of(NONE, REFUSED_STREAM, ABOVE_GOAWAY)).containsExactly(Verdict.values());
  }
}
