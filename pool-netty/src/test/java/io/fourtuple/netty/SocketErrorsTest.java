package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.port.Ending;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class SocketErrorsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final Verdict TUPLE_TAKEN = new Verdict(Ending.TUPLE_TAKEN, Kind.LOCAL_PORT);
  private static final Verdict ENDPOINT = new Verdict(Ending.CONNECT_FAILED, Kind.ENDPOINT);
  private static final Verdict HOST = new Verdict(Ending.CONNECT_FAILED, Kind.HOST);

  @Test
  void bindInUseIsAPortTaken() {
    assertThat(SocketErrors.ofBind(new BindException("Address already in use"), HERE))
        .isEqualTo(new Verdict(Ending.PORT_TAKEN, Kind.LOCAL_PORT));
    assertThat(
            SocketErrors.ofBind(
                new IOException("bind(..) failed with error(-98): Address already in use"), HERE))
        .isEqualTo(new Verdict(Ending.PORT_TAKEN, Kind.LOCAL_PORT));
  }

  @Test
  void bindNotAvailableIsASourceGone() {
    assertThat(SocketErrors.ofBind(new BindException("Cannot assign requested address"), HERE))
        .isEqualTo(new Verdict(Ending.SOURCE_GONE, Kind.LOCAL_PORT));
  }

  @Test
  void bindInAnotherLanguageIsToldByTheSource() throws Exception {
    assertThat(SocketErrors.ofBind(new BindException("Die Adresse wird bereits verwendet"), HERE))
        .isEqualTo(new Verdict(Ending.PORT_TAKEN, Kind.LOCAL_PORT));
    InetAddress nowhere = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 77});
    assertThat(SocketErrors.ofBind(new BindException("Adresse nicht verfuegbar"), nowhere))
        .isEqualTo(new Verdict(Ending.SOURCE_GONE, Kind.LOCAL_PORT));
  }

  @Test
  void bindRefusedByTheHostIsTheHosts() {
    assertThat(SocketErrors.ofBind(new BindException("Permission denied"), HERE))
        .isEqualTo(new Verdict(Ending.ABANDONED, Kind.HOST));
  }

  @Test
  void connectNotAvailableIsATupleTakenInAllItsDisguises() {
    BindException jdk = new BindException("Cannot assign requested address");
    SocketException annotated = new SocketException(jdk.getMessage() + ": /127.0.0.1:9001");
    annotated.initCause(jdk);
    assertThat(SocketErrors.ofConnect(annotated)).isEqualTo(TUPLE_TAKEN);
    assertThat(SocketErrors.ofConnect(new BindException("Address already in use: connect")))
        .isEqualTo(TUPLE_TAKEN);
    assertThat(SocketErrors.ofConnect(new BindException("nicht verfuegbar")))
        .isEqualTo(TUPLE_TAKEN);
    assertThat(
            SocketErrors.ofConnect(
                new ConnectException(
                    "connect(..) failed with error(-99): Cannot assign requested address:"
                        + " /127.0.0.1:9001")))
        .isEqualTo(TUPLE_TAKEN);
  }

  @Test
  void refusedAndSilentAreTheEndpoints() {
    assertThat(SocketErrors.ofConnect(new ConnectException("Connection refused")))
        .isEqualTo(ENDPOINT);
    assertThat(SocketErrors.ofConnect(new ConnectTimeoutException("timed out after 100 ms")))
        .isEqualTo(ENDPOINT);
    assertThat(SocketErrors.ofConnect(new BindException("Permission denied"))).isEqualTo(ENDPOINT);
  }

  @Test
  void shortageAndTheEndOfTheEventLoopAreTheHosts() {
    assertThat(SocketErrors.ofConnect(new SocketException("No buffer space available")))
        .isEqualTo(HOST);
    assertThat(SocketErrors.ofConnect(new SocketException("Too many open files"))).isEqualTo(HOST);
    assertThat(SocketErrors.ofConnect(new ClosedChannelException())).isEqualTo(HOST);
  }

  @Test
  void aFailedReadIsAResetOnlyWhereThatIsCertain() {
    assertThat(SocketErrors.ofRead(new SocketException("Connection reset")))
        .isEqualTo(Ending.RESET);
    assertThat(SocketErrors.ofRead(new IOException("Broken pipe"))).isEqualTo(Ending.RESET);
    assertThat(SocketErrors.ofRead(new IOException("Input/output error")))
        .isEqualTo(Ending.UNKNOWN);
  }
}
