package io.fourtuple.port;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Literal IP addresses, in one spelling. */
final class Addresses {
  private Addresses() {}

  /** The IPv4 form of a v4-mapped address, without host name; others keep their scope. */
  static InetAddress normalised(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16 && isMapped(bytes)) {
      bytes = Arrays.copyOfRange(bytes, 12, 16);
    }
    try {
      // getByAddress also turns the mapped form into an Inet4Address, and drops the host name.
      return address instanceof Inet6Address v6 && v6.getScopeId() != 0
          ? Inet6Address.getByAddress(null, bytes, v6.getScopeId())
          : InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }

  private static boolean isMapped(byte[] v6) {
    for (int i = 0; i < 10; i++) {
      if (v6[i] != 0) {
        return false;
      }
    }
    return v6[10] == (byte) 0xff && v6[11] == (byte) 0xff;
  }

  /** Reads a literal address; a name is refused, not looked up. */
  static InetAddress parse(String literal) {
    String text = literal.strip();
    boolean looksLikeV6 = text.indexOf(':') >= 0;
    boolean looksLikeV4 = text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    boolean fourParts = text.chars().filter(c -> c == '.').count() == 3;
    if (!looksLikeV6 && !(looksLikeV4 && fourParts)) {
      throw new IllegalArgumentException(
          "address must be a literal IP address such as 10.0.0.5, was \"" + literal + "\"");
    }
    try {
      // With a colon or four numbers this never reaches a name service.
      return normalised(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "address must be a literal IP address such as 10.0.0.5, was \"" + literal + "\"", e);
    }
  }

  /** {@code 10.0.0.5}; an IPv6 address in brackets and shortened as RFC 5952 asks. */
  static String format(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress()
        : "[" + shortened((Inet6Address) address) + "]";
  }

  private static String shortened(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int bestStart = -1;
    int bestLength = 1; // a single zero group is not shortened
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > bestLength) {
        bestStart = i;
        bestLength = end - i;
      }
      i = Math.max(i, end - 1);
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == bestStart) {
        text.append("::");
        i += bestLength - 1;
        continue;
      }
      if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return address.getScopeId() == 0 ? text.toString() : text + "%" + address.getScopeId();
  }
}
