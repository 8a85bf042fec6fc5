package io.fourtuple.examples.beside;

import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Who is in front of the back ends. */
enum Contestant {
  HAPROXY("HAProxy", "haproxy") {
    @Override
    List<String> command(Setting at) throws IOException {
      at.write("haproxy.cfg", Configs.haproxy(at));
      String file = at.file("haproxy.cfg").toString();
      return List.of(Programs.path("haproxy"), "-W", "-q", "-f", file);
    }

    @Override
    void grow(Setting grown, Proxy proxy) throws IOException, InterruptedException {
      grown.write("haproxy.cfg", Configs.haproxy(grown));
      proxy.signal("USR2");
    }
  },
  NGINX("nginx", "nginx") {
    @Override
    List<String> command(Setting at) throws IOException {
      at.write("nginx.conf", Configs.nginx(at));
      String file = at.file("nginx.conf").toString();
      return List.of(Programs.path("nginx"), "-p", at.directory().toString(), "-c", file);
    }

    @Override
    void grow(Setting grown, Proxy proxy) throws IOException, InterruptedException {
      grown.write("nginx.conf", Configs.nginx(grown));
      proxy.signal("HUP");
    }
  },
  SPRING("Spring Cloud Gateway", "") {
    @Override
    List<String> command(Setting at) {
      return java(SpringGateway.class.getName(), "plain");
    }
  },
  SPRING_BUDGET("Spring Cloud Gateway, budgets", "") {
    @Override
    List<String> command(Setting at) {
      return java(SpringGateway.class.getName(), String.join(",", at.addresses()));
    }
  },
  /** A limit, for it can do no more than pass on. */
  BARE("Netty and its codecs alone", "") {
    @Override
    List<String> command(Setting at) {
      return java(BareProxy.class.getName(), IoUring.isAvailable() ? "io_uring" : "epoll");
    }
  },
  BARE_EPOLL("Netty and its codecs alone, epoll", "") {
    @Override
    List<String> command(Setting at) {
      return java(BareProxy.class.getName(), "epoll");
    }
  },
  /** As it comes: on io_uring, where that is there. */
  OURS("Fourtuple's gateway", "") {
    @Override
    List<String> command(Setting at) throws IOException {
      return ours(at, Configs.ours());
    }

    @Override
    void grow(Setting grown, Proxy proxy) throws IOException {
      grown.write("hosts", Configs.hosts(grown)); // what DNS would say; the source it finds itself
    }
  },
  OURS_EPOLL("Fourtuple's gateway, epoll", "") {
    @Override
    List<String> command(Setting at) throws IOException {
      return ours(at, Configs.ours() + "transport = epoll\n");
    }

    @Override
    void grow(Setting grown, Proxy proxy) throws IOException, InterruptedException {
      OURS.grow(grown, proxy);
    }
  };

  /** Who takes part only where it is asked for. */
  static final Set<Contestant> LIMITS = EnumSet.of(BARE, BARE_EPOLL);

  final String title;

  /** Empty for a Java program. */
  final String program;

  Contestant(String title, String program) {
    this.title = title;
    this.program = program;
  }

  private static List<String> ours(Setting at, String config) throws IOException {
    at.write("gateway.conf", config);
    at.write("hosts", Configs.hosts(at));
    return java(
        "-Djdk.net.hosts.file=" + at.file("hosts"),
        "io.fourtuple.examples.Main",
        "gateway",
        at.file("gateway.conf").toString());
  }

  /** All Java programs alike, as docs/gateway.md advises. */
  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>(List.of("-Xmx512m", "-XX:+UseTransparentHugePages"));
    command.addAll(List.of(arguments));
    return World.java(command.toArray(String[]::new));
  }

  /** Writes its files, and says how it is started. */
  abstract List<String> command(Setting at) throws IOException;

  /**
   * Tells it of a new source and a new back end, as its users would, while it runs; nothing where
   * it has its routes from its start.
   */
  void grow(Setting grown, Proxy proxy) throws IOException, InterruptedException {}
}
