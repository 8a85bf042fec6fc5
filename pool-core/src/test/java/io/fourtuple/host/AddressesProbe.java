package io.fourtuple.host;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A program that {@link SystemAddressesTest} runs in a network namespace of its own with few file
 * descriptors; prints which addresses it sees while none, one, and two are left.
 */
final class AddressesProbe {
  private AddressesProbe() {}

  /** Looks once while there are many, then while there are few. */
  public static void main(String[] args) throws IOException {
    SystemAddresses addresses = new SystemAddresses();
    InetAddress here = FakeAddresses.address("127.0.0.1");
    // Loads the classes, too: that takes descriptors.
    Map<String, List<InetAddress>> before = addresses.byInterface();
    System.out.println("before=" + before.get("lo") + " " + addresses.canBind(here));
    Deque<Closeable> files = new ArrayDeque<>();
    for (int left = 0; left <= 2; left++) {
      fill(files); // again: the JVM itself has given some back
      for (int i = 0; i < left; i++) {
        files.pop().close();
      }
      boolean isSame = addresses.byInterface().equals(before);
      boolean canBind = addresses.canBind(here);
      System.out.println("left " + left + "=" + isSame + " " + canBind);
    }
  }

  private static void fill(Deque<Closeable> files) {
    try {
      while (true) {
        files.push(new FileInputStream("/dev/null"));
      }
    } catch (IOException full) {
      System.out.println(full.getMessage());
    }
  }
}
