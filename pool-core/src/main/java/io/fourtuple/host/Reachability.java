package io.fourtuple.host;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * Which source addresses can reach a remote address at all, whatever the routes. As measured on
 * Linux 6.18: an ordinary source reaches loopback addresses too; a loopback source reaches every
 * address of its own host, and nothing else (EINVAL, or silence on IPv6); a link-local source
 * reaches neither the loopback address nor another link.
 */
final class Reachability {
  private Reachability() {}

  /**
   * Returns false only where a connect could never succeed.
   *
   * @param onThisHost whether an address belongs to this host; asked of loopback sources only
   */
  static boolean reaches(
      InetAddress source, InetAddress remote, Predicate<InetAddress> onThisHost) {
    if (source instanceof Inet6Address != remote instanceof Inet6Address) {
      return false;
    }
    if (source.isLoopbackAddress()) {
      return remote.isLoopbackAddress() || (!isLinkLocalV6(remote) && onThisHost.test(remote));
    }
    if (isLinkLocalV6(source)) {
      return !remote.isLoopbackAddress() && (!isLinkLocalV6(remote) || sameLink(source, remote));
    }
    return !isLinkLocalV6(remote) || scope(remote) != 0;
  }

  private static boolean isLinkLocalV6(InetAddress address) {
    return address instanceof Inet6Address && address.isLinkLocalAddress();
  }

  private static boolean sameLink(InetAddress source, InetAddress remote) {
    return scope(source) == scope(remote) || scope(source) == 0 || scope(remote) == 0;
  }

  private static int scope(InetAddress address) {
    return address instanceof Inet6Address v6 ? v6.getScopeId() : 0;
  }
}
