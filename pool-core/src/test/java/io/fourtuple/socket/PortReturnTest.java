package io.fourtuple.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Ending;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;

/** What becomes of a port as its socket ends, in each way that a socket can end. */
class PortReturnTest {
  private static Ending ending(Socket socket, SocketRig.Running.Task... before) throws Exception {
    HeldPort port = ((BudgetedSocket) socket).port();
    for (SocketRig.Running.Task step : before) {
      step.run();
    }
    socket.close();
    assertThat(port.reservation().isSettled()).isTrue();
    return port.ending();
  }

  @Test
  void whoReadsTheEndOfTheStreamKnowsThatThePeerWasFirst() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      pair.peer().close();
      assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
      assertThat(rig.counts()).isEqualTo("0/1/0/0");

      assertThat(ending(pair.client())).isEqualTo(Ending.PEER_CLOSED_FIRST);
      rig.awaitFree(1);
      assertThat(rig.inKernel()).isZero();
    }
  }

  @Test
  void whoClosesWithoutHavingReadToTheEndDoesNotKnow() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
      assertThat(ending(pair.client())).isEqualTo(Ending.UNKNOWN);
      pair.peer().close();
      try (Socket again = rig.connected()) { // the kernel was asked, and gives it from TIME_WAIT
        assertThat(again.getLocalPort()).isEqualTo(SocketRig.FIRST_PORT);
      }
    }
  }

  @Test
  void aHalfCloseOfOursBeforeThePeersMeansThatWeWereFirst() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      pair.client().shutdownOutput();
      assertThat(rig.counts()).isEqualTo("0/1/0/0");
      assertThat(pair.peer().getInputStream().read()).isEqualTo(-1);
      pair.peer().getOutputStream().write(7);
      assertThat(pair.client().getInputStream().read()).isEqualTo(7);
      pair.peer().close();
      assertThat(pair.client().getInputStream().read()).isEqualTo(-1);

      assertThat(ending(pair.client())).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
    }
  }

  @Test
  void aHalfCloseOfThePeerLeavesUsTimeToWrite() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      pair.peer().shutdownOutput();
      assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
      pair.client().getOutputStream().write(7);
      assertThat(pair.peer().getInputStream().read()).isEqualTo(7);
      pair.client().shutdownOutput();

      assertThat(ending(pair.client())).isEqualTo(Ending.PEER_CLOSED_FIRST);
      rig.awaitFree(1);
    }
  }

  @Test
  void theEndAfterOurOwnShutdownOfTheInputSaysNothing() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      InputStream in = pair.client().getInputStream();
      pair.client().shutdownInput();
      assertThat(in.read()).isEqualTo(-1);
      assertThat(ending(pair.client())).isEqualTo(Ending.UNKNOWN);
    }
  }

  @Test
  void lingerZeroResetsAndLeavesNothing() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      assertThat(ending(pair.client(), () -> pair.client().setSoLinger(true, 0)))
          .isEqualTo(Ending.RESET);
      rig.awaitFree(1);
      assertThat(rig.inKernel()).isZero();
      assertThatThrownBy(() -> pair.peer().getInputStream().read()).hasMessage("Connection reset");
    }
  }

  @Test
  void aResetByThePeerLeavesNothing() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      pair.peer().setSoLinger(true, 0);
      pair.peer().close();
      assertThatThrownBy(() -> pair.client().getInputStream().read())
          .hasMessage("Connection reset");
      assertThat(ending(pair.client())).isEqualTo(Ending.RESET);
      rig.awaitFree(1);
      assertThat(rig.inKernel()).isZero();
    }
  }

  @Test
  void aResetIsSeenByWhoeverWrites() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      pair.peer().setSoLinger(true, 0);
      pair.peer().close();
      assertThatThrownBy(
              () -> {
                while (true) {
                  pair.client().getOutputStream().write(7);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(ending(pair.client())).isEqualTo(Ending.RESET);
    }
  }

  @Test
  void aCloseOfAStreamIsACloseOfTheSocketAndTwoAreOne() throws Exception {
    try (SocketRig rig = new SocketRig(2)) {
      SocketRig.Pair one = rig.pair();
      one.client().getInputStream().close();
      one.client().close();
      SocketRig.Pair two = rig.pair();
      two.client().getOutputStream().close();
      assertThat(one.client().isClosed() && two.client().isClosed()).isTrue();
      assertThat(rig.census().established()).isZero();
      assertThatThrownBy(() -> two.client().getInputStream()).hasMessage("Socket closed");
    }
  }

  @Test
  void aCloseByAnotherThreadEndsARead() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      SocketRig.Running reader = new SocketRig.Running(() -> pair.client().getInputStream().read());
      SocketRig.await(
          () -> reader.thread.getState() == Thread.State.RUNNABLE, reader.thread::getState);
      pair.client().close();
      assertThat(reader.outcome()).startsWith("SocketException: Socket closed");
      assertThat(rig.census().established()).isZero();
    }
  }

  @Test
  void aSocketThatIsLostIsClosedAndItsPortComesBack() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      Socket peer = lose(rig);
      SocketRig.await(
          () -> {
            System.gc();
            return rig.census().established() == 0;
          },
          () -> rig.census().summary());
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();
      rig.connected().close();
    }
  }

  private static Socket lose(SocketRig rig) throws IOException {
    return rig.pair().peer();
  }

  @Test
  void aSocketWhoseStreamIsHeldIsNotLost() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      Socket[] peer = new Socket[1];
      InputStream in = streamAlone(rig, peer);
      for (int i = 0; i < 5; i++) {
        System.gc();
      }
      peer[0].getOutputStream().write(7);
      assertThat(in.read()).isEqualTo(7);
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
      in.close();
      peer[0].close();
    }
  }

  private static InputStream streamAlone(SocketRig rig, Socket[] peer) throws IOException {
    SocketRig.Pair pair = rig.pair();
    peer[0] = pair.peer();
    return pair.client().getInputStream();
  }
}
