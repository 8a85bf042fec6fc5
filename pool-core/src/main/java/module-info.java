import org.jspecify.annotations.NullMarked;

/** Port budgets and connection pooling; knows nothing of any particular network library. */
@NullMarked
module io.fourtuple.core {
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.fourtuple.time;
  exports io.fourtuple.port;
  exports io.fourtuple.host;
  exports io.fourtuple.pool;
}
