package io.fourtuple.netty.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fourtuple.netty.http.Outcome.End;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What should become of the bytes that answer a request, as plainly as can be: all of them are
 * there, as a string of ISO 8859-1. Slow. Knows nothing of Netty.
 */
final class ReferenceParser {
  // Words may be apart by what RFC 9112, 4, allows recipients to take for a space.
  private static final Pattern STATUS_LINE =
      Pattern.compile(
          "HTTP/1\\.([0-9])[ \\t\\x0b\\f\\r]+([1-9][0-9][0-9])"
              + "([ \\t\\x0b\\f\\r]+([^\\x00-\\x20\\x7f][^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?)?");
  private static final Pattern NAME = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");
  private static final Pattern VALUE =
      Pattern.compile("([^\\x00-\\x20\\x7f][^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?");

  // A chunk extension: names with values, loosely.
  private static final String WORDS = ";[\\t\\x20-\\x7e&&[^(),/:<=>?@\\[\\\\\\]{}]]*";
  private static final String TOKEN =
      "[!-~&&[^(),/:<=>?@\\[\\\\\\]{}\"]][!-~&&[^(),/:<=>?@\\[\\\\\\]{};]]*";
  private static final String QUOTED = "\"([\\t !#-\\[\\]-~]|\\\\[\\t -~])*\"[\\t ]*";
  private static final String ASSIGNED = "=[\\t ]*(" + TOKEN + "|" + QUOTED + ")";
  private static final Pattern CHUNK =
      Pattern.compile(
          "([0-9A-Fa-f]+)([\\t ]*" + WORDS + "(" + ASSIGNED + WORDS + ")*+(" + ASSIGNED + ")?)?",
          Pattern.DOTALL);

  private final String method;
  private final String text;
  private final boolean isClosed;
  private int next;

  private final List<Integer> statuses = new ArrayList<>();
  private final List<String> allFields = new ArrayList<>();
  private final List<String> trailers = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private String raw = "";

  private ReferenceParser(String method, byte[] bytes, boolean isClosed) {
    this.method = method;
    this.text = new String(bytes, ISO_8859_1);
    this.isClosed = isClosed;
  }

  static Outcome parse(String method, byte[] bytes, boolean isClosed) {
    ReferenceParser parser = new ReferenceParser(method, bytes, isClosed);
    End end;
    try {
      parser.responses();
      end = End.COMPLETE;
    } catch (Stop stop) {
      end = stop.end;
    }
    return new Outcome(
        parser.statuses,
        parser.allFields,
        parser.body.toString(),
        parser.trailers,
        parser.raw,
        end,
        end == End.COMPLETE && parser.next < bytes.length);
  }

  static boolean isFraming(String name) {
    return name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Transfer-Encoding");
  }

  private static final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final transient End end;

    Stop(End end) {
      super(end.name(), null, false, false);
      this.end = end;
    }
  }

  private static void must(boolean holds) {
    if (!holds) {
      throw new Stop(End.WRONG);
    }
  }

  private Stop more() {
    return new Stop(isClosed ? End.CUT_OFF : End.WAITING);
  }

  // ---- a line at a time

  private String line() {
    int end = text.indexOf('\n', next);
    if (end < 0) {
      throw more();
    }
    String line = text.substring(next, end);
    next = end + 1;
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private void responses() {
    int blanks = 0;
    while (true) {
      while (next < text.length() && (text.charAt(next) == '\r' || text.charAt(next) == '\n')) {
        next++;
        must(++blanks <= 16);
      }
      if (next == text.length()) {
        throw new Stop(End.WAITING);
      }
      must(text.charAt(next) == 'H');
      int status = response();
      if (status >= 200 || status == 101) {
        return;
      }
    }
  }

  private int response() {
    String line = line();
    Matcher words = STATUS_LINE.matcher(line);
    must(words.matches());
    char last = line.charAt(line.length() - 1);
    must(last >= ' ' || last == '\t');
    boolean isOneZero = words.group(1).equals("0");
    int status = Integer.parseInt(words.group(2));

    List<String[]> fields = fields(false);
    long length = length(values(fields, "Content-Length"));
    boolean isTunnel = method.equals("CONNECT") && status / 100 == 2;
    boolean hasBody =
        status >= 200 && status != 204 && status != 304 && !method.equals("HEAD") && !isTunnel;
    List<String> codings = values(fields, "Transfer-Encoding");
    if (hasBody && !codings.isEmpty()) {
      must(!isOneZero && length < 0 && codings.get(0).equalsIgnoreCase("chunked"));
      for (String other : String.join(",", codings.subList(1, codings.size())).split(",")) {
        must(other.isBlank());
      }
    }
    statuses.add(status);
    note(fields, allFields);
    if (status == 101 || isTunnel) {
      raw = text.substring(next);
      next = text.length();
    } else if (hasBody && !codings.isEmpty()) {
      chunks();
    } else if (hasBody && length >= 0) {
      body(length);
    } else if (hasBody) {
      body.append(text, next, text.length());
      next = text.length();
      if (!isClosed) {
        throw new Stop(End.WAITING);
      }
    }
    return status;
  }

  private static void note(List<String[]> fields, List<String> notes) {
    for (String[] field : fields) {
      if (!isFraming(field[0])) {
        notes.add(field[0] + ": " + field[1]);
      }
    }
  }

  // ---- header fields

  private List<String[]> fields(boolean areTrailers) {
    List<String[]> fields = new ArrayList<>();
    String[] current = null;
    while (true) {
      String line = line();
      if (current != null && (line.startsWith(" ") || line.startsWith("\t"))) {
        current[1] = current[1] + ' ' + line.trim();
        continue;
      }
      if (current != null) {
        boolean isDropped =
            areTrailers && (isFraming(current[0]) || current[0].equalsIgnoreCase("Trailer"));
        must(NAME.matcher(current[0]).matches());
        must(isDropped || VALUE.matcher(current[1]).matches());
        if (!isDropped) {
          fields.add(current);
        }
      }
      if (line.isEmpty()) {
        return fields;
      }
      current = field(line);
    }
  }

  private static String[] field(String line) {
    int colon = line.indexOf(':');
    must(colon >= 0);
    String name = line.substring(0, colon);
    must(name.indexOf(' ') < 0 && name.indexOf('\t') < 0);
    int from = colon + 1;
    int to = line.length();
    while (from < to && (line.charAt(from) == ' ' || line.charAt(from) == '\t')) {
      from++;
    }
    while (to > from && (line.charAt(to - 1) == ' ' || line.charAt(to - 1) == '\t')) {
      to--;
    }
    must(from == to || "\u000b\f\r\u001c\u001d\u001e\u001f".indexOf(line.charAt(from)) < 0);
    return new String[] {name, line.substring(from, to)};
  }

  private static List<String> values(List<String[]> fields, String name) {
    List<String> values = new ArrayList<>();
    for (String[] field : fields) {
      if (field[0].equalsIgnoreCase(name)) {
        values.add(field[1]);
      }
    }
    return values;
  }

  private static long length(List<String> values) {
    if (values.isEmpty()) {
      return -1;
    }
    String all = String.join(",", values);
    String[] each = all.contains(",") ? all.split(",", -1) : new String[] {all};
    for (String one : each) {
      must(each.length == 1 ? one.equals(each[0]) : one.trim().equals(each[0].trim()));
    }
    String length = each.length == 1 ? each[0] : each[0].trim();
    must(length.matches("[0-9]+"));
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException tooLarge) {
      throw new Stop(End.WRONG);
    }
  }

  // ---- bodies

  private void body(long length) {
    int here = (int) Math.min(length, text.length() - next);
    body.append(text, next, next + here);
    next += here;
    if (here < length) {
      throw more();
    }
  }

  private void chunks() {
    while (true) {
      int end = text.indexOf('\n', next);
      if (end < 0) {
        throw more();
      }
      must(end > next && text.charAt(end - 1) == '\r');
      Matcher chunk = CHUNK.matcher(text.substring(next, end - 1));
      must(chunk.matches());
      String digits = chunk.group(1).replaceFirst("^0+", "");
      must(digits.length() < 8 || (digits.length() == 8 && digits.charAt(0) < '8'));
      next = end + 1;
      if (digits.isEmpty()) {
        note(fields(true), trailers);
        return;
      }
      body(Long.parseLong(digits, 16));
      if (next + 2 > text.length()) {
        throw more();
      }
      must(text.startsWith("\r\n", next));
      next += 2;
    }
  }
}
