package io.fourtuple.netty.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to authenticate that a server or proxy offers: RFC 9110, 11.6.1.
 *
 * @param scheme as it was sent; its case has no meaning
 * @param parameters by name in lower case, without quotes
 */
record Challenge(String scheme, Map<String, String> parameters) {
  boolean isBasic() {
    return scheme.equalsIgnoreCase("Basic");
  }

  @Nullable String realm() {
    return parameters.get("realm");
  }

  /** RFC 7617, 2.1: the only charset that there is. */
  boolean isUtf8() {
    return "UTF-8".equalsIgnoreCase(parameters.get("charset"));
  }

  /**
   * Reads all fields, of which each may hold several challenges, split by the same comma as their
   * parameters. What is malformed is skipped: it was sent by a stranger.
   */
  static List<Challenge> parse(List<String> fields) {
    List<Challenge> challenges = new ArrayList<>();
    for (String field : fields) {
      new Parser(field, challenges).run();
    }
    return challenges;
  }

  private static final class Parser {
    private final String text;
    private final List<Challenge> challenges;
    private @Nullable Challenge current;
    private int at;

    Parser(String text, List<Challenge> challenges) {
      this.text = text;
      this.challenges = challenges;
    }

    void run() {
      while (skip(" \t,")) {
        String token = token();
        if (token.isEmpty()) {
          skipMalformed();
          continue;
        }
        boolean more = skip(" \t");
        if (more && text.charAt(at) == '=') {
          at++;
          parameter(token);
        } else if (!more || text.charAt(at) == ',' || isBlank(text.charAt(at - 1))) {
          current = new Challenge(token, new LinkedHashMap<>());
          challenges.add(current);
        } else {
          skipMalformed();
        }
      }
    }

    /** Of two with one name the first counts; one without a scheme belongs to nobody. */
    private void parameter(String name) {
      String value = skip(" \t") ? value() : "";
      if (current != null) {
        current.parameters().putIfAbsent(name.toLowerCase(Locale.ROOT), value);
      }
    }

    private String value() {
      if (text.charAt(at) == '"') {
        return quoted();
      }
      int start = at;
      while (at < text.length() && text.charAt(at) != ',' && !isBlank(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      at++; // beyond the end if the quote is not closed
      return value.toString();
    }

    private String token() {
      int start = at;
      while (at < text.length() && RequestCheck.isTokenChar(text.charAt(at))) {
        at++;
      }
      return text.substring(start, at);
    }

    /** To the next comma outside of quotes. */
    private void skipMalformed() {
      while (at < text.length() && text.charAt(at) != ',') {
        if (text.charAt(at) == '"') {
          quoted();
        } else {
          at++;
        }
      }
    }

    /** Whether anything is left after these characters. */
    private boolean skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length();
    }

    private static boolean isBlank(char c) {
      return c == ' ' || c == '\t';
    }
  }
}
