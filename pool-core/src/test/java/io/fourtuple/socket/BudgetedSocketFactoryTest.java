package io.fourtuple.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.host.HostPorts;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/** The factory's own part: settings, ways to be made, TLS. */
class BudgetedSocketFactoryTest {
  @Test
  void settingsThatCannotWorkAreRefusedByName() {
    BudgetedSocketFactoryBuilder builder = BudgetedSocketFactory.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxWait(Duration.ofMillis(-1)))
        .withMessage("maxWait must be >= 0, was PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxWaiters(-1))
        .withMessage("maxWaiters must be >= 0, was -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BudgetedSocketFactory("10.0.0.5,somewhere"))
        .withMessageContaining("somewhere");
  }

  @Test
  void factoriesThatAClientMakesByNameShareTheirBudget() {
    BudgetedSocketFactory one = new BudgetedSocketFactory(" 127.0.0.7, 127.0.0.8");
    assertThat(new BudgetedSocketFactory("127.0.0.7, 127.0.0.8").budget()).isSameAs(one.budget());
    assertThat(one.ports().sources()).hasSize(2);
    assertThat(new BudgetedSocketFactory().budget())
        .isSameAs(BudgetedSocketFactory.create().budget())
        .isSameAs(new BudgetedSocketFactory("").budget())
        .isNotSameAs(one.budget());
    assertThat(new BudgetedSocketFactory().ports().ledger()).isSameAs(HostPorts.shared().ledger());
  }

  @Test
  void aFactoryWithoutSettingsConnects() throws Exception {
    try (SocketRig rig = new SocketRig(1);
        Socket socket =
            BudgetedSocketFactory.create()
                .createSocket(rig.server.getInetAddress(), rig.server.getLocalPort())) {
      HeldPort port = ((BudgetedSocket) socket).port();
      assertThat(port.reservation().port()).isEqualTo(socket.getLocalPort());
      socket.setSoLinger(true, 0);
    }
  }

  @Test
  void aSourceMayBeGivenWithTheAddress() throws Exception {
    InetAddress own = InetAddress.getByName("127.0.0.9");
    try (SocketRig rig = new SocketRig(1);
        Socket socket =
            rig.sockets.createSocket(
                rig.server.getInetAddress(), rig.server.getLocalPort(), own, 0)) {
      assertThat(socket.getLocalAddress()).isEqualTo(own);
      socket.setSoLinger(true, 0);
      assertThatThrownBy(
              () ->
                  rig.sockets
                      .createSocket()
                      .bind(new InetSocketAddress(InetAddress.getByName("203.0.113.7"), 0)))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void tlsIsLaidOverSocketsThatAreConnected() throws Exception {
    try (SocketRig rig = new SocketRig(2)) {
      SSLSocketFactory tls = rig.sockets.tls(SSLContext.getDefault());
      Socket connected = tls.createSocket("127.0.0.1", rig.server.getLocalPort());
      assertThat(connected).isInstanceOf(SSLSocket.class);
      Socket plain = tls.createSocket();
      assertThat(plain).isNotInstanceOf(SSLSocket.class);
      plain.connect(rig.server.getLocalSocketAddress());
      Socket layered = tls.createSocket(plain, "localhost", rig.server.getLocalPort(), true);
      assertThat(layered).isInstanceOf(SSLSocket.class);
      assertThat(rig.counts()).isEqualTo("2/0/0/0");
      connected.close();
      layered.close();
      assertThat(plain.isClosed()).isTrue();
      assertThat(rig.census().established()).isZero();
    }
  }
}
