package io.fourtuple.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a made-up Linux host below a directory. */
final class HostFiles {
  /** As read in a private network namespace with a range of 64 ports (Linux 6.18). */
  static final String NAMESPACE_TCP = golden("namespace-tcp.txt");

  static final String NAMESPACE_TCP6 = golden("namespace-tcp6.txt");

  /** As read on Linux 6.18; the columns are the limit, soft, hard and its unit. */
  static final String LIMITS =
      """
      Limit                     Soft Limit           Hard Limit           Units
      Max stack size            8388608              unlimited            bytes
      Max open files            20000                524288               files
      Max locked memory         8388608              8388608              bytes
      """;

  private final Path root;

  HostFiles(Path root) {
    this.root = root;
  }

  /** All settings, as a fresh Linux 6.18 has them. */
  static HostFiles ofFreshLinux(Path root) {
    return new HostFiles(root)
        .sysctl("net.ipv4.ip_local_port_range", "32768\t60999\n")
        .sysctl("net.ipv4.ip_local_reserved_ports", "\n")
        .sysctl("net.ipv4.tcp_tw_reuse", "2\n")
        .sysctl("net.ipv4.tcp_tw_reuse_delay", "1000\n")
        .sysctl("net.ipv4.tcp_fin_timeout", "60\n")
        .sysctl("net.ipv4.tcp_timestamps", "1\n")
        .sysctl("net.ipv4.ip_unprivileged_port_start", "1024\n")
        .sysctl("net.ipv4.tcp_max_tw_buckets", "131072\n")
        .sysctl("kernel.osrelease", "6.18.44\n")
        .file("proc/self/limits", LIMITS);
  }

  HostFiles sysctl(String name, String content) {
    return file("proc/sys/" + name.replace('.', '/'), content);
  }

  HostFiles file(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content, StandardCharsets.US_ASCII);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HostFiles without(String path) {
    try {
      Files.delete(root.resolve(path));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String golden(String name) {
    try (InputStream in = HostFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
