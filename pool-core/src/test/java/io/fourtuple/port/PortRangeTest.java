package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortRangeTest {
  @Test
  void countsBothEnds() {
    assertThat(new PortRange(40_000, 40_511).size()).isEqualTo(512);
    assertThat(new PortRange(32_768, 60_999).size()).isEqualTo(28_232);
    assertThat(new PortRange(80, 80).size()).isEqualTo(1);
    assertThat(new PortRange(1, 65_535).size()).isEqualTo(65_535);
  }

  @Test
  void containsItsEndsAndNothingBeyond() {
    PortRange range = new PortRange(100, 200);

    assertThat(Stream.of(100, 150, 200)).allMatch(range::contains);
    assertThat(Stream.of(-1, 0, 99, 201, 65_536)).noneMatch(range::contains);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 'first must be in 1..65535, was 0'",
    "-1, 10, 'first must be in 1..65535, was -1'",
    "65536, 65536, 'first must be in 1..65535, was 65536'",
    "10, 9, 'last must be in first (10)..65535, was 9'",
    "10, 65536, 'last must be in first (10)..65535, was 65536'"
  })
  void rejectsEndsThatAreNoPortsOrInTheWrongOrder(int first, int last, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PortRange(first, last))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource({
    "40000-40511, 40000, 40511",
    "' 40000 - 40511 ', 40000, 40511",
    "8080, 8080, 8080",
    "'8080\n', 8080, 8080"
  })
  void readsARangeOrASinglePort(String text, int first, int last) {
    assertThat(PortRange.parse(text)).isEqualTo(new PortRange(first, last));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "-5", "5-", "a-b", "1-2-3", "1,2", "99999999999"})
  void tellsHowARangeLooksWhereTheTextIsNone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortRange.parse(text))
        .withMessage("a port range must look like 40000-40511, was \"" + text + "\"");
  }

  @Test
  void namesTheTextThatSpeaksOfImpossiblePorts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortRange.parse("50000-70000"))
        .withMessage("port range \"50000-70000\": last must be in first (50000)..65535, was 70000");
  }

  @Test
  void sortsByItsFirstPortThenByItsLast() {
    PortRange low = new PortRange(1, 9);
    PortRange middle = new PortRange(5, 6);
    PortRange high = new PortRange(5, 7);

    assertThat(Stream.of(high, middle, low).sorted()).containsExactly(low, middle, high);
    assertThat(middle).isEqualByComparingTo(new PortRange(5, 6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"40000-40511", "8080"})
  void writesWhatItReads(String text) {
    assertThat(PortRange.parse(text)).hasToString(text);
  }
}
