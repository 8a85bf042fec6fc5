package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {
  @Test
  void aFieldMayHoldSeveral() {
    assertThat(
            parse(
                "Negotiate YII/+a==, Digest realm=\"a, b\", qop=\"auth,auth-int\", nonce=x=y ,,"
                    + " Basic realm=\"c\" , charset=\"UTF-8\""))
        .containsExactly(
            new Challenge("Negotiate", Map.of()),
            new Challenge(
                "Digest", Map.of("realm", "a, b", "qop", "auth,auth-int", "nonce", "x=y")),
            new Challenge("Basic", Map.of("realm", "c", "charset", "UTF-8")));
  }

  @Test
  void thereMayBeSeveralFields() {
    assertThat(parse("NTLM", "BASIC Realm=a", ""))
        .containsExactly(
            new Challenge("NTLM", Map.of()), new Challenge("BASIC", Map.of("realm", "a")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "Basic realm=\"say \\\"hi\\\\\\\"\", say \"hi\\\"",
        "Basic realm=\"\", ||",
        "Basic realm=simple, simple",
        "bASIC REALM = \"spaced\", spaced",
        "|Basic\trealm=\"tab\"|, tab",
        "|Basic charset=x realm=\"no comma\"|, no comma",
        "|Basic realm=\"first\", realm=\"second\"|, first",
        "|Basic ,realm=\"late\"|, late",
        "Basic realm=\"not closed, |not closed|",
        "|Basic realm=\"(\\|, |(\\|",
        "|Basic realm=|, ||",
        "|realm=\"nobody's\", Basic realm=b|, b",
        "|@@ \"Basic realm=x\", Basic realm=b|, b",
        "|=, \"=\", Basic realm=b|, b"
      })
  void theRealmIsRead(String field, String realm) {
    List<Challenge> basic = parse(field).stream().filter(Challenge::isBasic).toList();
    assertThat(basic).hasSize(1);
    assertThat(basic.get(0).realm()).isEqualTo(realm);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", "\"Basic\"", "Digest realm=\"Basic realm=x\"", "x=Basic"})
  void basicIsNotSeenWhereItIsNot(String field) {
    assertThat(parse(field)).noneMatch(Challenge::isBasic);
  }

  @Test
  void aRealmMayBeMissing() {
    assertThat(parse("Basic").get(0).realm()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"utf-8, true", "UTF-8, true", "latin1, false"})
  void theCharsetIsRead(String charset, boolean utf8) {
    assertThat(parse("Basic realm=x, charset=" + charset).get(0).isUtf8()).isEqualTo(utf8);
    assertThat(parse("Basic realm=x").get(0).isUtf8()).isFalse();
  }

  /** It always comes to an end. */
  @Test
  void whateverAStrangerSends() {
    long seed = 20261126;
    Random random = new Random(seed);
    String alphabet = "aB=\"\\, \t/é";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder field = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        field.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(parse(field.toString()))
          .as("seed %d, field <%s>", seed, field)
          .allMatch(challenge -> RequestCheck.isToken(challenge.scheme()));
    }
  }

  private static List<Challenge> parse(String... fields) {
    return Challenge.parse(Arrays.asList(fields));
  }
}
