package io.fourtuple.testkit;

import io.fourtuple.port.Ending;
import io.fourtuple.testkit.SimulatedHost.LedgerSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What may be wrong on purpose, to see that it is found. */
enum PlantedFault {
  WRONG_ENDING {
    @Override
    Misbehaviour connector() {
      return new Misbehaviour() {
        @Override
        Ending reportedEnding(Ending truth) {
          return truth == Ending.LOCAL_CLOSED_FIRST ? Ending.PEER_CLOSED_FIRST : truth;
        }
      };
    }
  },
  FORGOTTEN_SETTLEMENT {
    @Override
    Misbehaviour connector() {
      return new Misbehaviour() {
        private int settled;

        @Override
        @Nullable Ending reportedEnding(Ending truth) {
          return ++settled % 10 == 0 ? null : truth;
        }
      };
    }
  },
  PORT_GIVEN_TWICE {
    @Override
    Misbehaviour connector() {
      return new Misbehaviour() {
        private int connected;

        @Override
        boolean settlesTooEarly() {
          return ++connected % 10 == 0;
        }
      };
    }
  },
  WRONG_PORT {
    @Override
    Misbehaviour connector() {
      return new Misbehaviour() {
        @Override
        int reportedPort(int truth) {
          return truth + 1;
        }
      };
    }
  },
  /** A connect that has failed is told as one that was not begun: a cap does not cool down. */
  FORGOTTEN_COOL_DOWN {
    @Override
    Misbehaviour connector() {
      return new Misbehaviour() {
        @Override
        Ending reportedEnding(Ending truth) {
          return truth == Ending.CONNECT_FAILED ? Ending.ABANDONED : truth;
        }
      };
    }

    @Override
    String foundAs() {
      return "the NAT holds";
    }
  },
  SHORT_TIME_WAIT {
    @Override
    LedgerSettings ledger() {
      return builder -> builder.timeWait(Duration.ofSeconds(30));
    }
  },
  NO_REST {
    @Override
    LedgerSettings ledger() {
      return builder -> builder.rest(Duration.ZERO);
    }
  };

  Misbehaviour connector() {
    return new Misbehaviour();
  }

  LedgerSettings ledger() {
    return builder -> {};
  }

  /** A part of the message by which it is found. */
  String foundAs() {
    return "";
  }
}
