package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.SourceAddress;
import java.util.List;

/** Where the connections of a view may come from. Thread-safe, and never slow. */
interface SourceFinder {
  /** The sources from which an endpoint may be reached; empty where there is none. */
  List<SourceAddress> reaching(Endpoint endpoint);

  /** All that are in use now. */
  List<SourceAddress> sources();
}
