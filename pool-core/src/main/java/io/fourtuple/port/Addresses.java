package io.fourtuple.port;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
    try {
      if (isV4(text) || looksLikeV6(text)) {
        return normalised(InetAddress.getByName(text));
      }
    } catch (UnknownHostException e) {
      throw notLiteral(literal, e);
    }
    throw notLiteral(literal, null);
  }

  private static IllegalArgumentException notLiteral(
      String literal, @Nullable UnknownHostException cause) {
    return new IllegalArgumentException(
        "address must be a literal IP address such as 10.0.0.5, was \"" + literal + "\"", cause);
  }

  /**
   * Exact, because the JDK asks for the name {@code 10.0.0.256}. No leading zeros, which some read
   * as octal and others do not.
   */
  private static boolean isV4(String text) {
    String[] parts = text.split("\\.", -1);
    return parts.length == 4
        && Arrays.stream(parts)
            .allMatch(part -> part.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(part) <= 255);
  }

  /** With a colon, and begun like this, the JDK takes it for an address or for a mistake. */
  private static boolean looksLikeV6(String text) {
    return text.indexOf(':') >= 0
        && (text.charAt(0) == ':' || Character.digit(text.charAt(0), 16) >= 0);
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
