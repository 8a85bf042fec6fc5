package io.fourtuple.netty.http;

/** What the words of a status line must be. */
final class StatusLine {
  private static final byte[] HTTP_1 = {'H', 'T', 'T', 'P', '/', '1', '.'};

  private StatusLine() {}

  /** Of HTTP/1.x. Whatever is later than 1.1 is read as 1.1 (RFC 9110, 6.2). */
  static int minorVersion(byte[] line, int start, int length) {
    boolean isOne = length == HTTP_1.length + 1 && isDigit(line[start + HTTP_1.length]);
    for (int i = 0; isOne && i < HTTP_1.length; i++) {
      isOne = line[start + i] == HTTP_1[i];
    }
    if (!isOne) {
      throw new IllegalArgumentException("version must be HTTP/1.0 or HTTP/1.1");
    }
    return line[start + HTTP_1.length] - '0';
  }

  /** At least 100; of what is above 599 the first digit counts (RFC 9110, 15). */
  static int status(byte[] line, int start, int length) {
    boolean isStatus =
        length == 3
            && line[start] != '0'
            && isDigit(line[start])
            && isDigit(line[start + 1])
            && isDigit(line[start + 2]);
    if (!isStatus) {
      throw new IllegalArgumentException("status must be of three digits, at least 100");
    }
    return (line[start] - '0') * 100 + (line[start + 1] - '0') * 10 + line[start + 2] - '0';
  }

  /** Nobody sees it in java.net.http, but it may be in what somebody logs. */
  static void checkReason(byte[] line, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if ((line[i] >= 0 && line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f) {
        throw new IllegalArgumentException("control character in the reason of the status line");
      }
    }
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
