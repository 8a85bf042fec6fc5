package io.fourtuple.examples.beside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.beside.Answers.Refusal;
import org.junit.jupiter.api.Test;

class CallsTest {
  private static final String OUTPUT =
      """
      Running 2s test @ http://10.9.0.1:8080/
        1 threads and 64 connections
        Latency Distribution
           50%    1.20ms
           99%   17.19ms
        17156 requests in 2.00s, 1.50MB read
        Socket errors: connect 1, read 2, write 3, timeout 4
        Non-2xx or 3xx responses: 106
      Requests/sec:   8578.00
      status 503: 100
      status other: 6
      """;

  @Test
  void requestsAreToldByTheirEnd() {
    assertThat(Calls.parse(OUTPUT))
        .isEqualTo(new Answers(17_050, 100, 16, 0, 17_190, Refusal.NONE));
    String good = OUTPUT.replaceFirst("(?m)^ *Socket.*\n", "").replace("17.19ms", "312.00us");
    assertThat(Calls.parse(good)).isEqualTo(new Answers(17_050, 100, 6, 0, 312, Refusal.NONE));
  }

  @Test
  void otherOutputIsRefused() {
    assertThatThrownBy(() -> Calls.parse("unable to connect"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("in unable to connect");
  }
}
