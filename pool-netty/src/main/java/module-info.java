import org.jspecify.annotations.NullMarked;

/** Fourtuple's connection pool on Netty channels. */
@NullMarked
module io.fourtuple.netty {
  requires transitive io.fourtuple.core;
  requires transitive io.netty.common;
  requires transitive io.netty.transport;
  requires transitive io.netty.handler;
  requires transitive java.net.http;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires static org.jspecify;
  requires static io.netty.transport.classes.epoll;
  requires static io.netty.transport.classes.io_uring;
  requires static io.netty.transport.classes.kqueue;
  requires static io.netty.codec.dns;
  requires static io.netty.resolver.dns;
  requires io.netty.resolver;
  requires io.netty.transport.unix.common;
  requires org.slf4j;

  exports io.fourtuple.netty;
  exports io.fourtuple.netty.http;
}
