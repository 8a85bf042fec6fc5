package io.fourtuple.netty.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fourtuple.netty.http.Outcome.End;
import io.fourtuple.netty.http.ResponseMaker.Made;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the decoder with the plain parser on responses made at random: in one piece, in random
 * pieces, now and then byte by byte or after another exchange. By hand: the first seed, and how
 * many cases.
 */
final class ResponseFuzz {
  private static final int BYTE_BY_BYTE = 16;
  private static final int REUSED = 5;

  private final Map<End, Integer> ends = new EnumMap<>(End.class);
  private int poisoned;
  private int withBody;

  public static void main(String[] arguments) {
    long seed = Long.parseLong(arguments[0]);
    int cases = Integer.parseInt(arguments[1]);
    ResponseFuzz fuzz = new ResponseFuzz();
    fuzz.run(seed, cases);
    System.out.println(cases + " cases from seed " + seed + ": " + fuzz);
    // What the decoders themselves have taken for lines.
    long used = UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
    System.out.println("bytes of heap buffers not given back: " + used);
  }

  /** Each case has a seed of its own, counted up from the first one. */
  void run(long firstSeed, int cases) {
    for (long seed = firstSeed; seed < firstSeed + cases; seed++) {
      Made made = ResponseMaker.make(new SplittableRandom(seed));
      String wrong = compare(made, seed);
      if (wrong != null) {
        String shrunk = shrink(made, seed);
        throw new AssertionError(
            "seed %d, %s, closed %s: %s%n%s%nshrunk: %s%n%s"
                .formatted(
                    seed,
                    made.method(),
                    made.isClosed(),
                    wrong,
                    quoted(made.text()),
                    quoted(shrunk),
                    compare(with(made, shrunk), seed)));
      }
    }
  }

  /** What differs; null if nothing does. */
  private @Nullable String compare(Made made, long seed) {
    byte[] bytes = made.text().getBytes(ISO_8859_1);
    Outcome expected = ReferenceParser.parse(made.method(), bytes, made.isClosed());
    SplittableRandom random = new SplittableRandom(~seed);
    String wrong = compareIn(made, bytes, expected);
    if (wrong == null) {
      wrong = compareIn(made, bytes, expected, somewhere(bytes.length, random));
    }
    if (wrong == null && seed % BYTE_BY_BYTE == 0) {
      wrong = compareIn(made, bytes, expected, IntStream.range(1, bytes.length).toArray());
    }
    if (wrong == null && seed % REUSED == 0) {
      Made first = good(random);
      wrong =
          compare(
              () -> ResponseRig.runAfter(first, made.method(), bytes, made.isClosed()),
              expected,
              "after " + quoted(first.text()));
    }
    if (wrong == null) {
      ends.merge(expected.end(), 1, Integer::sum);
      poisoned += expected.isPoisoned() ? 1 : 0;
      withBody += expected.body().isEmpty() ? 0 : 1;
    }
    return wrong;
  }

  private static @Nullable String compareIn(
      Made made, byte[] bytes, Outcome expected, int... pieces) {
    return compare(
        () -> ResponseRig.run(made.method(), bytes, made.isClosed(), pieces),
        expected,
        "in pieces to " + Arrays.toString(pieces));
  }

  private static @Nullable String compare(Supplier<ResponseRig> run, Outcome expected, String how) {
    Outcome outcome;
    try {
      outcome = run.get().outcome();
    } catch (Exception | AssertionError e) {
      return how + ": " + e;
    }
    return outcome.equals(expected)
        ? null
        : "%s%nwas      %s%nexpected %s".formatted(how, outcome, expected);
  }

  /** One after which the connection is as good as new. */
  private static Made good(SplittableRandom random) {
    while (true) {
      Made made = ResponseMaker.make(random);
      Outcome outcome =
          ReferenceParser.parse(made.method(), made.text().getBytes(ISO_8859_1), false);
      boolean isGood = outcome.end() == End.COMPLETE && !outcome.isPoisoned();
      if (isGood && !made.method().equals("CONNECT") && !outcome.statuses().contains(101)) {
        return made;
      }
    }
  }

  private static int[] somewhere(int length, SplittableRandom random) {
    if (length < 2) {
      return new int[0];
    }
    return random.ints(1 + random.nextInt(6), 1, length).sorted().distinct().toArray();
  }

  // ---- what is left when everything is gone that does not matter

  private static Made with(Made made, String text) {
    return new Made(made.method(), text, made.isClosed());
  }

  private String shrink(Made made, long seed) {
    String smallest = made.text();
    for (int size = smallest.length() / 2; size > 0; size /= 2) {
      int from = 0;
      while (from + size <= smallest.length()) {
        String shorter = smallest.substring(0, from) + smallest.substring(from + size);
        if (compare(with(made, shorter), seed) != null) {
          smallest = shorter;
        } else {
          from += size;
        }
      }
    }
    return smallest;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '\r' -> quoted.append("\\r");
        case '\n' -> quoted.append("\\n");
        case '"', '\\' -> quoted.append('\\').append(character);
        default -> {
          boolean isPlain = character >= ' ' && character < 0x7f;
          quoted.append(isPlain ? "" + character : "\\u%04x".formatted((int) character));
        }
      }
    }
    return quoted.append('"').toString();
  }

  int count(End end) {
    return ends.getOrDefault(end, 0);
  }

  int poisoned() {
    return poisoned;
  }

  @Override
  public String toString() {
    return ends + ", poisoned=" + poisoned + ", with body=" + withBody;
  }
}
