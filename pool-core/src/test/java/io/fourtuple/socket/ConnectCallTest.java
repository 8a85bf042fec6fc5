package io.fourtuple.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.socket.SocketRig.Running;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a connect goes, and what is left of one that fails. */
class ConnectCallTest {
  private static final int SHORT_MILLIS = 50;

  private static InetSocketAddress address(SocketRig rig) {
    return new InetSocketAddress(rig.server.getInetAddress(), rig.server.getLocalPort());
  }

  @Test
  void whoFindsTheBudgetSpentWaitsUntilAPortComesBack() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      Running waiting = new Running(() -> rig.connected().close());
      SocketRig.await(() -> rig.sockets.waiting() == 1, () -> rig.census().summary());
      pair.client().setSoLinger(true, 0);
      pair.client().close();
      assertThat(waiting.outcome()).isEqualTo("done");
      assertThat(rig.sockets.waiting()).isZero();
    }
  }

  @Test
  void whoGetsNoPortInTheLongestWaitIsToldTheNumbers() throws Exception {
    try (SocketRig rig = new SocketRig(1, Duration.ofMillis(SHORT_MILLIS), 10);
        SocketRig.Pair pair = rig.pair()) {
      assertThatThrownBy(rig::connected)
          .isInstanceOf(PortsExhaustedException.class)
          .hasMessageContaining("established=1");
      assertThat(pair.client().isClosed()).isFalse();
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
    }
  }

  @Test
  void aShorterTimeOutOfTheConnectIsATimeOut() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair();
        Socket socket = rig.sockets.createSocket()) {
      assertThatThrownBy(() -> socket.connect(address(rig), SHORT_MILLIS))
          .isInstanceOf(SocketTimeoutException.class)
          .hasCauseInstanceOf(PortsExhaustedException.class)
          .hasMessageContaining("no free local port on " + rig.source.getHostAddress());
      assertThat(socket.isClosed()).isTrue();
      assertThat(pair.client().isConnected()).isTrue();
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
    }
  }

  @Test
  void oneTooManyIsRefusedAtOnceAndSoIsWhoMayNotWait() throws Exception {
    try (SocketRig crowded = new SocketRig(1, Duration.ofSeconds(30), 0);
        SocketRig impatient = new SocketRig(1, Duration.ZERO, 10);
        SocketRig.Pair one = crowded.pair();
        SocketRig.Pair two = impatient.pair()) {
      assertThatThrownBy(crowded::connected).isInstanceOf(PortsExhaustedException.class);
      assertThatThrownBy(impatient::connected).isInstanceOf(PortsExhaustedException.class);
      assertThat(one.client().isConnected() && two.client().isConnected()).isTrue();
      assertThat(crowded.counts() + " " + impatient.counts()).isEqualTo("1/0/0/0 1/0/0/0");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      Running waiting = new Running(rig::connected);
      SocketRig.await(() -> rig.sockets.waiting() == 1, () -> rig.census().summary());
      waiting.thread.interrupt();
      assertThat(waiting.outcome())
          .startsWith("SocketException: Closed by interrupt while waiting for a local port")
          .endsWith("(interrupted)");
      assertThat(pair.client().isConnected()).isTrue();
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
    }
  }

  @Test
  void aCloseByAnotherThreadEndsTheWait() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SocketRig.Pair pair = rig.pair()) {
      Socket socket = rig.sockets.createSocket();
      Running waiting = new Running(() -> socket.connect(address(rig)));
      SocketRig.await(() -> rig.sockets.waiting() == 1, () -> rig.census().summary());
      socket.close();
      assertThat(waiting.outcome()).isEqualTo("SocketException: Socket closed");
      assertThat(pair.client().isConnected()).isTrue();
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
    }
  }

  @Test
  void aRefusedConnectGivesThePortBackAtOnce() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      rig.server.close();
      assertThatThrownBy(rig::connected).isInstanceOf(ConnectException.class);
      rig.awaitFree(1);
      assertThat(rig.inKernel()).isZero();
    }
  }

  @Test
  void whatTheSourcesDoNotReachIsNoRoute() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      assertThatThrownBy(() -> rig.sockets.createSocket(InetAddress.getByName("203.0.113.7"), 443))
          .isInstanceOf(NoRouteToHostException.class)
          .hasMessageContaining("203.0.113.7:443");
      assertThat(rig.ledger.census()).isEmpty();
    }
  }

  @Test
  void aSilentServerIsATimeOutOfTheConnect() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SilentServer silent = new SilentServer();
        Socket socket = rig.sockets.createSocket()) {
      assertThatThrownBy(() -> socket.connect(silent.address(), SHORT_MILLIS))
          .isInstanceOf(SocketTimeoutException.class)
          .hasNoCause();
      rig.awaitFree(1);
      assertThat(rig.inKernel()).isZero();
    }
  }

  @Test
  void anInterruptEndsTheConnectOnAPlatformThread() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SilentServer silent = new SilentServer()) {
      Socket socket = rig.sockets.createSocket();
      Running connecting = new Running(() -> socket.connect(silent.address()));
      SocketRig.await(() -> rig.connecting() == 1, rig.ledger::census);
      connecting.thread.interrupt();
      assertThat(connecting.outcome())
          .startsWith("SocketException: Closed by interrupt while connecting to ")
          .endsWith("(interrupted)");
      rig.awaitFree(1);
      assertThat(socket.isClosed()).isTrue();
    }
  }

  @Test
  void aCloseByAnotherThreadEndsTheConnect() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        SilentServer silent = new SilentServer()) {
      Socket socket = rig.sockets.createSocket();
      Running connecting = new Running(() -> socket.connect(silent.address()));
      SocketRig.await(() -> rig.connecting() == 1, rig.ledger::census);
      socket.close();
      assertThat(connecting.outcome()).isEqualTo("SocketException: Socket closed");
      rig.awaitFree(1);
    }
  }

  /** A port that somebody has bound for himself, and a tuple that somebody is connected by. */
  @Test
  void portsThatOthersHoldArePassedOver() throws Exception {
    try (SocketRig rig = new SocketRig(3);
        ServerSocket taken = new ServerSocket(SocketRig.FIRST_PORT, 1, rig.source);
        Socket other = new Socket()) {
      other.setReuseAddress(true);
      other.bind(new InetSocketAddress(rig.source, SocketRig.FIRST_PORT + 1));
      other.connect(address(rig));
      for (int i = 0; i < 6; i++) {
        try (Socket socket = rig.connected()) {
          assertThat(socket.getLocalPort()).isEqualTo(SocketRig.FIRST_PORT + 2);
          socket.setSoLinger(true, 0);
        }
      }
      assertThat(taken.isBound()).isTrue();
      assertThat(rig.census().foreign()).isEqualTo(2);
    }
  }

  @Test
  void optionsAreKeptWhereAnotherPortIsTried() throws Exception {
    try (SocketRig rig = new SocketRig(2);
        Socket other = new Socket()) {
      other.setReuseAddress(true);
      other.bind(new InetSocketAddress(rig.source, SocketRig.FIRST_PORT));
      other.connect(address(rig));
      for (int i = 0; i < 2; i++) {
        try (Socket socket = rig.sockets.createSocket()) {
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(4_321);
          socket.setSoLinger(true, 0);
          socket.setReuseAddress(false);
          socket.connect(address(rig));
          socket.setReuseAddress(false);
          assertThat(socket.getTcpNoDelay()).isTrue();
          assertThat(socket.getSoTimeout()).isEqualTo(4_321);
          assertThat(socket.getSoLinger()).isZero();
          assertThat(socket.getReuseAddress()).isTrue();
          assertThat(socket.getLocalPort()).isEqualTo(SocketRig.FIRST_PORT + 1);
        }
      }
    }
  }

  @Test
  void anUnresolvedAddressIsLookedUp() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        Socket socket = rig.sockets.createSocket("localhost", rig.server.getLocalPort())) {
      assertThat(socket.getInetAddress().isLoopbackAddress()).isTrue();
      assertThatThrownBy(() -> rig.sockets.createSocket("no.such.host.invalid", 80))
          .isInstanceOf(UnknownHostException.class);
      assertThat(rig.counts()).isEqualTo("1/0/0/0");
    }
  }

  @Test
  void theNextAddressIsTriedWhereTheFirstRefuses() throws Exception {
    try (SocketRig rig = new SocketRig(2);
        Socket socket = rig.sockets.createSocket()) {
      BudgetedSocket budgeted = (BudgetedSocket) socket;
      InetAddress nobody = InetAddress.getByName("127.1.2.3");
      new ConnectCall(rig.budget(), budgeted, null, 0)
          .connect(List.of(new InetSocketAddress(nobody, rig.server.getLocalPort()), address(rig)));
      assertThat(socket.getInetAddress()).isEqualTo(rig.server.getInetAddress());
    }
  }

  @Test
  void anAddressThatTheCallerBindsIsTheSource() throws Exception {
    InetAddress own = InetAddress.getByName("127.0.0.9");
    try (SocketRig rig = new SocketRig(1);
        Socket socket = rig.sockets.createSocket()) {
      socket.bind(new InetSocketAddress(own, 0));
      assertThat(socket.isBound()).isTrue();
      assertThat(socket.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(own, 0));
      assertThatThrownBy(() -> socket.bind(null)).hasMessage("Already bound");
      socket.connect(address(rig));
      assertThat(socket.getLocalAddress()).isEqualTo(own);
      assertThat(socket.getLocalPort()).isEqualTo(SocketRig.FIRST_PORT);
      assertThat(rig.census().route().source().address()).isEqualTo(own);
      socket.setSoLinger(true, 0);
    }
  }

  @Test
  void aPortThatTheCallerBindsIsHisOwn() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        Socket socket = rig.sockets.createSocket()) {
      socket.bind(new InetSocketAddress(rig.source, SocketRig.FIRST_PORT + 7));
      socket.connect(address(rig));
      assertThat(socket.getLocalPort()).isEqualTo(SocketRig.FIRST_PORT + 7);
      assertThat(rig.ledger.census()).isEmpty();
      socket.setSoLinger(true, 0);
    }
  }

  @Test
  void whereBudgetsAreOnlyObservedNobodyWaitsOrIsBound() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      rig.ledger.enforcement(Enforcement.OBSERVE);
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        sockets.add(rig.connected());
      }
      assertThat(rig.census().established()).isEqualTo(3);
      for (Socket socket : sockets) {
        assertThat(socket.getLocalAddress()).isNotEqualTo(rig.source);
        socket.setSoLinger(true, 0);
        socket.close();
      }
      assertThat(rig.census().established()).isZero();
    }
  }

  @Test
  void theSocketIsAsTheJdksIsBeforeAndAfterItsConnect() throws Exception {
    try (SocketRig rig = new SocketRig(1)) {
      Socket socket = rig.sockets.createSocket();
      assertThat(socket.isConnected() || socket.isBound() || socket.isClosed()).isFalse();
      assertThat(socket.getChannel()).isNull();
      assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.connect(address(rig), -1))
          .hasMessage("timeout must be 0 or more, was -1");
      socket.connect(address(rig));
      assertThat(socket.getRemoteSocketAddress()).isEqualTo(address(rig));
      assertThatThrownBy(() -> socket.connect(address(rig))).hasMessage("already connected");
      socket.close();
      assertThat(socket.isConnected() && socket.isBound() && socket.isClosed()).isTrue();
      assertThatThrownBy(() -> socket.connect(address(rig))).hasMessage("Socket closed");
    }
  }

  /** Whether it is waiting, connecting or connected when it is closed or interrupted. */
  @Test
  void anEndAtAnyMomentLeavesNothingBehind() throws Exception {
    try (SocketRig rig = new SocketRig(8)) {
      Running acceptor =
          new Running(
              () -> {
                while (true) {
                  rig.server.accept().close();
                }
              });
      for (int i = 0; i < 300; i++) {
        Socket socket = rig.sockets.createSocket();
        Running connecting = new Running(() -> socket.connect(address(rig)));
        for (int spins = 0; spins < i; spins++) {
          Thread.onSpinWait();
        }
        if (i % 2 == 0) {
          connecting.thread.interrupt();
        } else {
          socket.close();
        }
        assertThat(connecting.outcome()).containsAnyOf("done", "SocketException");
        socket.close();
      }
      assertThat(rig.census().established() + rig.sockets.waiting()).isZero();
      SocketRig.await(() -> rig.counts().startsWith("0/0/"), () -> rig.census().summary());
      rig.server.close();
      assertThat(acceptor.outcome()).contains("SocketException");
    }
  }
}
