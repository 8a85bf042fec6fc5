package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortSetTest {
  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "' \n', ''",
    "'8080', '8080'",
    "'9100-9110,8080', '8080,9100-9110'",
    "'1-3,4,5-6', '1-6'",
    "'1-10,3-4', '1-10'",
    "'1-10,5-20,20', '1-20'",
    "'5,5,5', '5'",
    "'5,,7', '5,7'",
    "'65535,1', '1,65535'"
  })
  void joinsWhatTouchesOrOverlapsAndSortsTheRest(String text, String written) {
    assertThat(PortSet.parse(text)).hasToString(written);
  }

  @Test
  void namesThePartThatIsNoRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortSet.parse("8080,91oo"))
        .withMessage("a port range must look like 40000-40511, was \"91oo\"");
  }

  @Test
  void isEqualToAnyOtherWithTheSamePorts() {
    PortSet apart = PortSet.of(new PortRange(1, 5), new PortRange(6, 9));

    assertThat(apart).isEqualTo(PortSet.parse("1-9")).hasSameHashCodeAs(PortSet.parse("1-9"));
    assertThat(PortSet.ofPorts(List.of(7, 5, 6))).isEqualTo(PortSet.parse("5-7"));
  }

  @Test
  void isEmptyWithoutAnyPort() {
    assertThat(PortSet.empty().isEmpty()).isTrue();
    assertThat(PortSet.empty().size()).isZero();
    assertThat(PortSet.empty().contains(80)).isFalse();
    assertThat(PortSet.parse("80").isEmpty()).isFalse();
  }

  @Test
  void cannotBeChangedFromOutside() {
    List<PortRange> ranges = PortSet.parse("1-2").ranges();

    assertThat(ranges).isUnmodifiable();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void doesSetArithmeticAsASetOfBitsDoes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 40; round++) {
      BitSet bitsA = randomPorts(random);
      BitSet bitsB = randomPorts(random);
      PortSet a = portSet(bitsA);
      PortSet b = portSet(bitsB);

      assertThat(bits(a)).as("a").isEqualTo(bitsA);
      assertThat(a.size()).isEqualTo(bitsA.cardinality());
      assertThat(a.intersects(b)).as("%s and %s", a, b).isEqualTo(bitsA.intersects(bitsB));
      BitSet minus = (BitSet) bitsA.clone();
      minus.andNot(bitsB);
      assertThat(bits(a.minus(b))).as("%s minus %s", a, b).isEqualTo(minus);
      BitSet plus = (BitSet) bitsA.clone();
      plus.or(bitsB);
      assertThat(bits(a.plus(b))).as("%s plus %s", a, b).isEqualTo(plus);
    }
  }

  /** Runs of ports at the low end, in the middle, and at the very last port. */
  private static BitSet randomPorts(SplittableRandom random) {
    BitSet ports = new BitSet();
    for (int i = random.nextInt(6); i > 0; i--) {
      int start = random.nextBoolean() ? 1 + random.nextInt(40) : 65_536 - random.nextInt(1, 40);
      ports.set(start, Math.min(65_536, start + 1 + random.nextInt(12)));
    }
    return ports;
  }

  private static PortSet portSet(BitSet bits) {
    return PortSet.ofPorts(bits.stream().boxed().toList());
  }

  private static BitSet bits(PortSet set) {
    BitSet bits = new BitSet();
    IntStream.rangeClosed(1, PortRange.MAX_PORT).filter(set::contains).forEach(bits::set);
    return bits;
  }
}
