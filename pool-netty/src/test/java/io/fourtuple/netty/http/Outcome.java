package io.fourtuple.netty.http;

import java.util.List;

/**
 * What became of the bytes that answered one request; text is ISO 8859-1.
 *
 * @param statuses of all responses, the informational ones first
 * @param fields of all heads, but those that frame a body: {@code name: value}
 * @param body as far as it came
 * @param trailers like fields
 * @param raw what came after a switch to another protocol
 * @param isPoisoned whether bytes came that belong to no response
 */
record Outcome(
    List<Integer> statuses,
    List<String> fields,
    String body,
    List<String> trailers,
    String raw,
    End end,
    boolean isPoisoned) {
  enum End {
    COMPLETE,
    WRONG,
    CUT_OFF,
    /** More must come; or the connection has ended before anything came. */
    WAITING
  }
}
