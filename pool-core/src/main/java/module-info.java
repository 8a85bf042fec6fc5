import org.jspecify.annotations.NullMarked;

/** Port budgets and connection pooling; knows nothing of any particular network library. */
@NullMarked
module io.fourtuple.core {
  requires static transitive org.jspecify;
  requires jdk.jfr;
  requires org.slf4j;
  requires static micrometer.core; // for io.fourtuple.metrics alone, whose users have it

  exports io.fourtuple.time;
  exports io.fourtuple.port;
  exports io.fourtuple.host;
  exports io.fourtuple.pool;
  exports io.fourtuple.metrics;
  exports io.fourtuple.socket;
}
