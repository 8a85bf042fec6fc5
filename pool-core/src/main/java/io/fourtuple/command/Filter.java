package io.fourtuple.command;

import io.fourtuple.command.Options.UsageException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which destinations count.
 *
 * @param network the bytes of an address; null for any
 * @param bits how many of them have to be the same
 * @param port 0 for any
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Filter(byte @Nullable [] network, int bits, int port) {
  static final Filter ALL = new Filter(null, 0, 0);

  private static final Pattern DESTINATION =
      Pattern.compile(
          "(?<subnet>[0-9a-fA-F.:]+)/(?<bits>\\d{1,3})"
              + "|\\[(?<six>[0-9a-fA-F.:]+)](?::(?<sixport>\\d{1,5}))?"
              + "|(?<four>[0-9.]+):(?<fourport>\\d{1,5})"
              + "|(?<ip>[0-9a-fA-F.:]*[.:][0-9a-fA-F.:]*)");

  Filter port(int only) {
    return new Filter(network, bits, only);
  }

  /** As the option {@code --to} says. */
  Filter to(String destination) throws UsageException {
    Matcher parts = DESTINATION.matcher(destination);
    try {
      if (parts.matches()) {
        byte[] address = bytes(first(parts, "subnet", "six", "four", "ip"));
        String prefix = parts.group("bits");
        String digits = first(parts, "sixport", "fourport", "none");
        int common = prefix == null ? address.length * 8 : Integer.parseInt(prefix);
        int only = digits.isEmpty() ? port : Integer.parseInt(digits);
        if (common <= address.length * 8 && (digits.isEmpty() || (only >= 1 && only <= 65_535))) {
          return new Filter(address, common, only);
        }
      }
    } catch (UnknownHostException e) {
      // Told below.
    }
    throw new UsageException(
        "--to must be ADDRESS, ADDRESS/BITS or ADDRESS:PORT with a literal IP address, was "
            + destination);
  }

  private static String first(Matcher parts, String... groups) {
    for (String group : groups) {
      String found = group.equals("none") ? null : parts.group(group);
      if (found != null) {
        return found;
      }
    }
    return "";
  }

  private static byte[] bytes(String literal) throws UnknownHostException {
    // Of digits, dots and colons, and with one of the latter: no name is asked for.
    return InetAddress.getByName(literal).getAddress();
  }

  boolean matches(InetAddress address, int remotePort) {
    return (port == 0 || port == remotePort) && (network == null || isWithin(address, network));
  }

  private boolean isWithin(InetAddress address, byte[] wanted) {
    byte[] bytes = address.getAddress();
    if (bytes.length != wanted.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((bytes[bit / 8] & mask) != (wanted[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
