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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /**
   * As each system and transport words it: [1] of the measured facts, and reports from the field.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # stage | text of the exception                                               | ending         | kind
          # Linux
          bind    | Address already in use                                              | PORT_TAKEN     | LOCAL_PORT
          bind    | Cannot assign requested address                                     | SOURCE_GONE    | LOCAL_PORT
          bind    | Permission denied                                                   | ABANDONED      | HOST
          connect | Cannot assign requested address                                     | TUPLE_TAKEN    | LOCAL_PORT
          connect | Cannot assign requested address: /127.0.0.1:9001                    | TUPLE_TAKEN    | LOCAL_PORT
          connect | connect(..) failed with error(-99): Cannot assign requested address | TUPLE_TAKEN    | LOCAL_PORT
          connect | io_uring connect(..) failed with error(-99): Cannot assign requested address | TUPLE_TAKEN | LOCAL_PORT
          connect | io_uring connect(..) failed with error(-111): Connection refused    | CONNECT_FAILED | ENDPOINT
          connect | Connection refused                                                  | CONNECT_FAILED | ENDPOINT
          connect | No route to host                                                    | CONNECT_FAILED | ENDPOINT
          connect | Too many open files                                                 | CONNECT_FAILED | HOST
          # musl
          bind    | Address not available                                               | SOURCE_GONE    | LOCAL_PORT
          bind    | Address in use                                                      | PORT_TAKEN     | LOCAL_PORT
          connect | Address not available                                               | TUPLE_TAKEN    | LOCAL_PORT
          connect | No file descriptors available                                       | CONNECT_FAILED | HOST
          connect | Out of memory                                                       | CONNECT_FAILED | HOST
          # macOS
          bind    | Can't assign requested address                                      | SOURCE_GONE    | LOCAL_PORT
          connect | Can't assign requested address                                      | TUPLE_TAKEN    | LOCAL_PORT
          connect | connect(..) failed with error(-49): Can't assign requested address: /127.0.0.1:9001 | TUPLE_TAKEN | LOCAL_PORT
          bind    | bind(..) failed with error(-48): Address already in use             | PORT_TAKEN     | LOCAL_PORT
          bind    | bind(..) failed with error(-49): Can't assign requested address     | SOURCE_GONE    | LOCAL_PORT
          bind    | bind(..) failed with error(-13): Permission denied                  | ABANDONED      | HOST
          connect | connect(..) failed with error(-61): Connection refused: /127.0.0.1:9001 | CONNECT_FAILED | ENDPOINT
          connect | connect(..) failed with error(-55): No buffer space available       | CONNECT_FAILED | HOST
          # Windows
          connect | Address already in use: connect                                     | TUPLE_TAKEN    | LOCAL_PORT
          connect | Address already in use: no further information                      | TUPLE_TAKEN    | LOCAL_PORT
          connect | No buffer space available (maximum connections reached?): connect   | TUPLE_TAKEN    | LOCAL_PORT
          bind    | No buffer space available (maximum connections reached?): bind      | PORT_TAKEN     | LOCAL_PORT
          bind    | No buffer space available (maximum connections reached?): JVM_Bind  | PORT_TAKEN     | LOCAL_PORT
          bind    | Address already in use: bind                                        | PORT_TAKEN     | LOCAL_PORT
          bind    | Cannot assign requested address: bind                               | SOURCE_GONE    | LOCAL_PORT
          connect | Connection refused: no further information                          | CONNECT_FAILED | ENDPOINT
          connect | Connection timed out: connect                                       | CONNECT_FAILED | ENDPOINT
          """)
  void errorsOfEverySystemAreUnderstood(String stage, String text, Ending ending, Kind kind) {
    Verdict expected = new Verdict(ending, kind);
    for (IOException error : List.of(new SocketException(text), new ConnectException(text))) {
      assertThat(verdict(stage, error)).isEqualTo(expected);
      assertThat(verdict(stage, new IOException("failed", error))).isEqualTo(expected);
    }
  }

  private static Verdict verdict(String stage, IOException error) {
    return stage.equals("bind") ? SocketErrors.ofBind(error, HERE) : SocketErrors.ofConnect(error);
  }

  @Test
  void aFailedReadIsAResetOnlyWhereThatIsCertain() {
    assertThat(SocketErrors.ofRead(new SocketException("Connection reset")))
        .isEqualTo(Ending.RESET);
    assertThat(SocketErrors.ofRead(new IOException("Broken pipe"))).isEqualTo(Ending.RESET);
    assertThat(SocketErrors.ofRead(new IOException("recvAddress(..) failed with error(-104): ?")))
        .isEqualTo(Ending.RESET);
    // macOS, where the numbers are others
    assertThat(
            SocketErrors.ofRead(
                new IOException(
                    "readAddress(..) failed with error(-54): Connection reset by peer")))
        .isEqualTo(Ending.RESET);
    // Windows
    assertThat(
            SocketErrors.ofRead(
                new IOException("An existing connection was forcibly closed by the remote host")))
        .isEqualTo(Ending.RESET);
    assertThat(
            SocketErrors.ofRead(
                new IOException(
                    "An established connection was aborted by the software in your host machine")))
        .isEqualTo(Ending.RESET);
    assertThat(SocketErrors.ofRead(new IOException("Input/output error")))
        .isEqualTo(Ending.UNKNOWN);
  }
}
