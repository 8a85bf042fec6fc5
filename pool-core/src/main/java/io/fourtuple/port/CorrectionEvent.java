package io.fourtuple.port;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** For the JDK's Flight Recorder. */
@Name("io.fourtuple.Correction")
@Label("Correction")
@Description("The kernel's table and the ledger disagreed; the kernel won")
@Category("Fourtuple")
@StackTrace(false)
final class CorrectionEvent extends Event {
  @Label("Ports")
  private final int ports;

  private CorrectionEvent(int ports) {
    this.ports = ports;
  }

  /** Records one, where somebody does. */
  static void record(int ports) {
    new CorrectionEvent(ports).commit();
  }

  int ports() {
    return ports;
  }
}
