package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin with the same bits.
 *
 * @param first the lowest of them
 * @param length how many bits they share
 */
record Subnet(InetAddress first, int length) {
  /**
   * Reads {@code 10.0.0.0/24} or {@code 2001:db8:1::/48}.
   *
   * @param field whose value it is, for the message
   */
  static Subnet parse(String field, String text) {
    Objects.requireNonNull(text, field + " must not be null");
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw refused(field, text, null);
    }
    InetAddress address;
    int length;
    try {
      address = Endpoint.of(text.substring(0, slash), 1).address();
      length = Integer.parseInt(text.substring(slash + 1).strip());
    } catch (IllegalArgumentException e) {
      throw refused(field, text, e);
    }
    int bits = 8 * address.getAddress().length;
    if (length < 0 || length > bits) {
      throw new IllegalArgumentException(
          field + " must have a length in 0.." + bits + ", was " + text);
    }
    Subnet subnet = new Subnet(lowest(address, length), length);
    if (!subnet.first.equals(address)) {
      throw new IllegalArgumentException(
          "%s must have no bits beyond its length, was %s; did you mean %s?"
              .formatted(field, text, subnet));
    }
    return subnet;
  }

  private static IllegalArgumentException refused(
      String field, String text, @Nullable IllegalArgumentException cause) {
    return new IllegalArgumentException(
        field + " must be an address and a length such as 10.0.0.0/24, was \"" + text + "\"",
        cause);
  }

  private static InetAddress lowest(InetAddress address, int length) {
    byte[] bytes = address.getAddress();
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] &= (byte) ~hostBits(i, length);
    }
    return of(bytes);
  }

  /** Which bits of a byte lie beyond the length. */
  private static int hostBits(int index, int length) {
    int own = Math.max(0, Math.min(8, length - 8 * index));
    return 0xff >> own;
  }

  private static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + Arrays.toString(bytes), e);
    }
  }

  /** Whether an address is one of them. */
  boolean contains(InetAddress address) {
    return address.getAddress().length == first.getAddress().length
        && lowest(address, length).equals(first);
  }

  /**
   * One of them at random, other than the first, which belongs to routers (RFC 4291, 2.6.1).
   *
   * @throws IllegalStateException where there is no other
   */
  InetAddress random(RandomGenerator random) {
    byte[] bytes = first.getAddress();
    if (length == 8 * bytes.length) {
      throw new IllegalStateException("no second address in " + this);
    }
    InetAddress drawn = first;
    while (drawn.equals(first)) {
      byte[] noise = new byte[bytes.length];
      random.nextBytes(noise);
      for (int i = 0; i < bytes.length; i++) {
        noise[i] = (byte) (bytes[i] | (noise[i] & hostBits(i, length)));
      }
      drawn = of(noise);
    }
    return drawn;
  }

  /** How many addresses there are besides the first; at most {@link Integer#MAX_VALUE}. */
  int size() {
    int bits = 8 * first.getAddress().length - length;
    return bits >= 31 ? Integer.MAX_VALUE : (1 << bits) - 1;
  }

  /** {@code 10.0.0.0/24}. */
  @Override
  public String toString() {
    String endpoint = new Endpoint(first, 1).toString(); // which shortens it
    String address = endpoint.substring(0, endpoint.lastIndexOf(':'));
    return address.replace("[", "").replace("]", "") + "/" + length;
  }
}
