package io.fourtuple.netty.http;

import io.netty.channel.Channel;

/** What an exchange is carried by: a connection, or one stream of it. On its event loop. */
interface Carrier {
  /** Where requests are written to, and reading can be held up. */
  Channel channel();

  /** Whether a request was carried before, so that the peer may just be closing the connection. */
  boolean isReused();

  /** An exchange begins; it hears what arrives. */
  void begin(Exchange exchange);

  /** The request is written, the response read to its end: the lease ends. */
  void finished(Exchange exchange);

  /** The exchange has come to nothing: the connection is closed, or the stream reset. */
  void abort(Exchange exchange);
}
