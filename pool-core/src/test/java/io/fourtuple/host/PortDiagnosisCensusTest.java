package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.host.PortDiagnosis.Kind;
import io.fourtuple.port.PortCensus;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A claim of an exception against counts: row F7, never ports where there are ports. */
class PortDiagnosisCensusTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # words                                                              | ports free            | none free
          Cannot assign requested address                                      | ADDRESS_NOT_AVAILABLE | NO_LOCAL_PORT
          Cannot assign requested address (connect failed)                     | ADDRESS_NOT_AVAILABLE | NO_LOCAL_PORT
          Can't assign requested address                                       | ADDRESS_NOT_AVAILABLE | NO_LOCAL_PORT
          Address already in use                                               | PORT_IN_USE           | NO_LOCAL_PORT
          Address already in use: connect                                      | PORT_IN_USE           | NO_LOCAL_PORT
          No buffer space available (maximum connections reached?): connect    | NO_MEMORY             | NO_LOCAL_PORT
          No buffer space available (maximum connections reached?): JVM_Bind   | NO_MEMORY             | NO_LOCAL_PORT
          Die Adresse wird bereits verwendet                                   | OTHER                 | NO_LOCAL_PORT
          """)
  void aClaimHoldsOnlyWhereNoPortIsFree(String words, Kind withPorts, Kind without) {
    IOException error = PortDiagnosisTest.bare(words);
    PortDiagnosis contradicted = PortDiagnosis.of(error, List.of(Census.of(9001, 2, 1)));
    assertThat(contradicted.kind()).isEqualTo(withPorts);
    assertThat(contradicted.evidence()).isEqualTo(Evidence.CONTRADICTED);
    assertThat(contradicted.meaning()).startsWith("not for want of ports");
    PortDiagnosis confirmed = PortDiagnosis.of(error, List.of(Census.full(9001)));
    assertThat(confirmed.kind()).isEqualTo(without);
    assertThat(confirmed.evidence()).isEqualTo(Evidence.CONFIRMED);
  }

  @ParameterizedTest
  @CsvSource({
    "Too many open files, NO_FILE_DESCRIPTOR",
    "No buffer space available, NO_MEMORY",
    "Connection refused, REMOTE",
    "Cannot assign requested address (Bind failed), ADDRESS_NOT_AVAILABLE"
  })
  void whatClaimsNothingOfPortsIsNotChecked(String words, Kind kind) {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(new SocketException(words), List.of(Census.full(9001)));
    assertThat(diagnosis.kind()).isEqualTo(kind);
    assertThat(diagnosis.evidence()).isEqualTo(Evidence.UNCHECKED);
    assertThat(diagnosis.stock()).isEmpty();
  }

  @Test
  void theRouteToTheNamedPeerDecides() {
    List<PortCensus> census = List.of(Census.full(9001), Census.of(9002, 1, 0));
    IOException error = new SocketException("Cannot assign requested address: /127.0.0.1:9002");
    PortDiagnosis diagnosis = PortDiagnosis.of(error, census);
    assertThat(diagnosis.evidence()).isEqualTo(Evidence.CONTRADICTED);
    assertThat(diagnosis.stock())
        .containsExactly(
            "10.0.0.5:[40000-40003] to 127.0.0.1:9002: 40000-40003 = 4 ports, 1 in use, 0 in"
                + " TIME_WAIT, 3 free");
  }

  @Test
  void withoutCountsNothingIsDecided() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(PortDiagnosisTest.bare("Cannot assign requested address"), List.of());
    assertThat(diagnosis.kind()).isEqualTo(Kind.NO_LOCAL_PORT);
    assertThat(diagnosis.evidence()).isEqualTo(Evidence.UNCHECKED);
    assertThat(diagnosis.toString()).contains("not checked");
  }

  @Test
  void aCapIsNoReasonOfTheKernels() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(
            new SocketException(
                "No buffer space available (maximum connections reached?): connect"),
            List.of(Census.capped()));
    assertThat(diagnosis.kind()).isEqualTo(Kind.NO_MEMORY);
  }
}
