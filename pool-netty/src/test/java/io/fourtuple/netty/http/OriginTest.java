package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {
  @ParameterizedTest
  @CsvSource({
    "http://a/, http://a, true",
    "http://a/, HTTP://u@A:80/p?q#f, true",
    "https://a/, https://a:443, true",
    "http://[::A]/, http://[::a]/, true",
    "http://a/, https://a/, false",
    "http://a:443/, https://a:443/, false",
    "http://a/, http://a:81/, false",
    "http://a/, http://a.b/, false"
  })
  void isSchemeHostAndPort(URI one, URI other, boolean same) {
    assertThat(Origin.of(one).equals(Origin.of(other))).isEqualTo(same);
  }
}
