package io.fourtuple.examples.incident;

/** Which side closes a connection once its request is answered. */
enum Closing {
  /** Neither: the connection is kept for the next request. */
  KEEP_ALIVE,
  /** The back end, right after its answer. */
  SERVER_FIRST,
  /** The client; the back end waits for its FIN. */
  CLIENT_FIRST
}
