package io.fourtuple.host;

import io.fourtuple.host.PortDiagnosis.Kind;
import io.fourtuple.host.TuningAdvice.Remedy;
import java.util.List;

/** What helps on every system, before any setting of the host is changed. */
final class FirstRemedies {
  private FirstRemedies() {}

  static List<Remedy> of(Kind kind) {
    return switch (kind) {
      case NO_LOCAL_PORT ->
          List.of(
              remedy(
                  "share connections: a pool of limited size, in which callers wait, and keep-alive"),
              remedy(
                  "use more addresses: each further source or destination address adds the whole"
                      + " range once more"));
      case PORT_IN_USE ->
          List.of(
              remedy("leave the choice of the port to the kernel or the pool, or take another"));
      case ADDRESS_NOT_AVAILABLE ->
          List.of(
              remedy(
                  "compare the addresses of this host with the source that is configured, and with"
                      + " the family of the destination"));
      case NO_MEMORY ->
          List.of(
              remedy("hold fewer connections, or give them smaller buffers"),
              remedy(
                  "see what sockets take: /proc/net/sockstat against net.ipv4.tcp_mem and the"
                      + " container's limit on Linux, netstat -m on macOS, the non-paged pool on"
                      + " Windows"));
      case NO_FILE_DESCRIPTOR ->
          List.of(
              remedy("share connections: each takes a file descriptor"),
              remedy("look for sockets that are never closed"),
              remedy(
                  "raise the limit: ulimit -n up to the hard one (ulimit -Hn), and that as root:"
                      + " LimitNOFILE= of a systemd unit, limits.conf, fs.file-max"));
      case REMOTE, OTHER -> List.of();
    };
  }

  private static Remedy remedy(String purpose) {
    return new Remedy(purpose, List.of(), "");
  }
}
