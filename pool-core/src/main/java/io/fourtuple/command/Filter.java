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

  private static final String FOUR = "\\d{1,3}(?:\\.\\d{1,3}){3}";

  /** With two colons at least, so that it is taken for no name. */
  private static final String SIX = "[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:]*";

  private static final Pattern DESTINATION =
      Pattern.compile(
          "(?<subnet>%1$s|%2$s)/(?<bits>\\d{1,3})"
              .concat("|\\[(?<six>%2$s)](?::(?<sixport>\\d{1,5}))?")
              .concat("|(?<four>%1$s):(?<fourport>\\d{1,5})")
              .concat("|(?<ip>%1$s|%2$s)")
              .formatted(FOUR, SIX));

  Filter port(int only) throws UsageException {
    if (port != 0 && port != only) {
      throw new UsageException("--to names port " + port + ", and --port " + only);
    }
    return new Filter(network, bits, only);
  }

  /** As the option {@code --to} says. */
  Filter to(String destination) throws UsageException {
    if (network != null) {
      throw new UsageException("--to must be there once, was there twice");
    }
    Matcher parts = DESTINATION.matcher(destination);
    try {
      if (parts.matches()) {
        byte[] address = bytes(first(parts, "subnet", "six", "four", "ip"));
        String prefix = parts.group("bits");
        String digits = first(parts, "sixport", "fourport", "none");
        int common = prefix == null ? address.length * 8 : Integer.parseInt(prefix);
        int only = digits.isEmpty() ? port : Integer.parseInt(digits);
        if (port != 0 && only != port) {
          throw new UsageException("--to names port " + only + ", and --port " + port);
        }
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
    // Four numbers, or with two colons: the JDK takes neither for a name.
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
