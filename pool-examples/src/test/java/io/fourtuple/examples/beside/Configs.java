package io.fourtuple.examples.beside;

/** The contestants' files, as somebody who knows them would write them. */
final class Configs {
  private static final String HAPROXY =
      """
      global
        maxconn 9800
        nbthread 2
      defaults
        mode http
        retries 3
        option redispatch
        timeout connect 2s
        timeout queue 2s
        timeout client 5m
        timeout server 5m
        http-reuse safe
      frontend clients
        bind 0.0.0.0:8080
        default_backend world
      backend world
        balance leastconn
      """;

  private static final String NGINX =
      """
      user root;
      daemon off;
      worker_processes 2;
      worker_rlimit_nofile 20000;
      pid DIRECTORY/nginx.pid;
      error_log DIRECTORY/error.log crit;
      events { worker_connections 18000; }
      http {
        access_log off;
        tcp_nodelay on;
        keepalive_requests 1000000000;
        client_body_temp_path DIRECTORY/temp;
        proxy_temp_path DIRECTORY/temp;
        fastcgi_temp_path DIRECTORY/temp;
        uwsgi_temp_path DIRECTORY/temp;
        scgi_temp_path DIRECTORY/temp;
        split_clients $connection $source {
          SPLIT
        }
        upstream world {
          zone world 256k;
          least_conn;
          SERVERS
          keepalive 64;
          keepalive_requests 1000000000;
        }
        server {
          listen 0.0.0.0:8080;
          location / {
            proxy_pass http://world;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_bind $source;
            proxy_buffering off;
            proxy_connect_timeout 2s;
            proxy_read_timeout 5m;
          }
        }
      }
      """;

  private Configs() {}

  /** A server for each source and back end: so one source more is one choice more. */
  static String haproxy(Setting at) {
    StringBuilder text = new StringBuilder(HAPROXY);
    for (String source : at.addresses()) {
      for (String backEnd : Plan.backEnds(at.backEnds())) {
        text.append(
            "  server from-%s-to-%s %s:8000 source %s%n"
                .formatted(source, backEnd, backEnd, source));
      }
    }
    return text.toString();
  }

  /** The source by the client's connection; a back end that fails is tried again after 10 s. */
  static String nginx(Setting at) {
    StringBuilder servers = new StringBuilder();
    Plan.backEnds(at.backEnds()).forEach(to -> servers.append("server " + to + ":8000;\n"));
    String split = at.sources() == 1 ? "* 10.9.0.1;" : "50% 10.9.0.1;\n* 10.9.0.2;";
    return NGINX
        .replace("DIRECTORY", at.directory().toString())
        .replace("SPLIT", split)
        .replace("SERVERS", servers);
  }

  static String ours() {
    return """
        listen           = 0.0.0.0:8080
        sources          = 10.9.0.0/24
        upstream.world   = back.ends:8000
        route./          = world
        acquire-timeout  = 10s
        response-timeout = 5m
        idle-timeout     = 5m
        """;
  }

  /** The name and its addresses. */
  static String hosts(Setting at) {
    StringBuilder text = new StringBuilder();
    Plan.backEnds(at.backEnds()).forEach(to -> text.append(to + " " + Plan.NAME + "\n"));
    return text.toString();
  }
}
