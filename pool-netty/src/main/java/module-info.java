import org.jspecify.annotations.NullMarked;

/** Fourtuple's connection pool on Netty channels. */
@NullMarked
module io.fourtuple.netty {
  requires transitive io.fourtuple.core;
  requires transitive io.netty.transport;
  requires static org.jspecify;
  requires io.netty.common;
  requires io.netty.buffer;
  requires io.netty.handler;
  requires org.slf4j;

  exports io.fourtuple.netty;
}
