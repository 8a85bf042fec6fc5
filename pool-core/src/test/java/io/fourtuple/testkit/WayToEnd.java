package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.testkit.ConnectorWorld.PeerEnd;
import io.fourtuple.testkit.ConnectorWorld.Setting;

/** The ways in which a connection ends. */
enum WayToEnd {
  PEER_CLOSES_FIRST,
  PEER_RESETS,
  WE_RESET,
  WE_CLOSE_FIRST,
  BOTH_CLOSE,
  PEER_STAYS;

  Setting setting() {
    return this == PEER_STAYS ? Setting.USUAL.hastyToClose() : Setting.USUAL;
  }

  boolean mayLeaveTimeWait() {
    return this == WE_CLOSE_FIRST || this == BOTH_CLOSE || this == WE_RESET;
  }

  void begin(ContractClient<?>.Attempt attempt) throws Exception {
    PeerEnd peer = attempt.peer();
    switch (this) {
      case PEER_CLOSES_FIRST -> peer.close();
      case PEER_RESETS -> peer.reset();
      case WE_RESET -> attempt.close(CloseMode.RESET);
      case WE_CLOSE_FIRST, PEER_STAYS -> attempt.close(CloseMode.ORDERLY);
      case BOTH_CLOSE -> {
        attempt.close(CloseMode.ORDERLY);
        peer.close();
      }
    }
  }

  void finish(ContractClient<?>.Attempt attempt) throws Exception {
    if (this == WE_CLOSE_FIRST || this == WE_RESET) {
      attempt.peer().awaitEnd();
      attempt.peer().close();
    }
    Ending ending = attempt.ending();
    switch (this) {
      case PEER_CLOSES_FIRST -> assertThat(ending).isEqualTo(Ending.PEER_CLOSED_FIRST);
      case PEER_RESETS, PEER_STAYS -> assertThat(ending).isEqualTo(Ending.RESET);
      case WE_RESET -> assertThat(ending).isIn(Ending.RESET, Ending.LOCAL_CLOSED_FIRST);
      case WE_CLOSE_FIRST -> assertThat(ending).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      case BOTH_CLOSE ->
          assertThat(ending).isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST);
    }
  }
}
