package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.host.PortDiagnosis.Kind;
import io.fourtuple.host.TuningAdvice.Remedy;
import io.fourtuple.port.PortsExhaustedException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of exceptions without stack traces, as a log has them: by type, errno and words. */
class PortDiagnosisTest {

  /** As each system and transport words it; measured on Linux, else from reports of the field. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # Linux: JDK sockets since 13, before, on musl
          BindException    | Cannot assign requested address                                  | NO_LOCAL_PORT
          BindException    | Cannot assign requested address (connect failed)                 | NO_LOCAL_PORT
          ConnectException | Cannot assign requested address                                  | NO_LOCAL_PORT
          BindException    | Address not available                                            | NO_LOCAL_PORT
          BindException    | Cannot assign requested address (Bind failed)                    | ADDRESS_NOT_AVAILABLE
          BindException    | Address already in use                                           | PORT_IN_USE
          BindException    | Address already in use (Bind failed)                             | PORT_IN_USE
          BindException    | Address in use                                                   | PORT_IN_USE
          ConnectException | Address already in use                                           | NO_LOCAL_PORT
          SocketException  | Too many open files                                              | NO_FILE_DESCRIPTOR
          SocketException  | Too many open files in system                                    | NO_FILE_DESCRIPTOR
          SocketException  | Too many open files (Accept failed)                              | NO_FILE_DESCRIPTOR
          SocketException  | No file descriptors available                                    | NO_FILE_DESCRIPTOR
          IOException      | /etc/hosts (Too many open files)                                 | NO_FILE_DESCRIPTOR
          SocketException  | No buffer space available                                        | NO_MEMORY
          SocketException  | Cannot allocate memory                                           | NO_MEMORY
          BindException    | Permission denied                                                | OTHER
          ConnectException | Connection refused                                               | REMOTE
          ConnectException | Connection timed out                                             | REMOTE
          SocketException  | Network is unreachable                                           | REMOTE
          SocketException  | Connection reset                                                 | REMOTE
          IOException      | Broken pipe                                                      | REMOTE
          # Linux: Netty NIO, epoll, io_uring
          SocketException  | Cannot assign requested address: /127.0.0.1:9001                 | NO_LOCAL_PORT
          SocketException  | Address already in use: /127.0.0.1:9001                          | NO_LOCAL_PORT
          ConnectException | connect(..) failed with error(-99): Cannot assign requested address: /127.0.0.1:9001 | NO_LOCAL_PORT
          ConnectException | connect(..) failed with error(-99): Cannot assign requested address | NO_LOCAL_PORT
          ConnectException | io_uring connect(..) failed with error(-99): Cannot assign requested address | NO_LOCAL_PORT
          IOException      | bind(..) failed with error(-98): Address already in use          | PORT_IN_USE
          IOException      | bind(..) failed with error(-99): Cannot assign requested address | ADDRESS_NOT_AVAILABLE
          IOException      | bind(..) failed: Address already in use                          | PORT_IN_USE
          ConnectException | connect(..) failed: Cannot assign requested address: /10.0.0.1:80 | NO_LOCAL_PORT
          ConnectException | finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:9001 | REMOTE
          IOException      | newSocketStream(..) failed with error(-24): Too many open files  | NO_FILE_DESCRIPTOR
          ConnectException | connection timed out after 100 ms: /127.0.0.1:9001               | REMOTE
          # macOS: JDK, Netty kqueue
          BindException    | Can't assign requested address                                   | NO_LOCAL_PORT
          BindException    | Can't assign requested address (Bind failed)                     | ADDRESS_NOT_AVAILABLE
          ConnectException | connect(..) failed with error(-49): Can't assign requested address: /127.0.0.1:9001 | NO_LOCAL_PORT
          IOException      | bind(..) failed with error(-49): Can't assign requested address  | ADDRESS_NOT_AVAILABLE
          IOException      | bind(..) failed with error(-48): Address already in use          | PORT_IN_USE
          ConnectException | connect(..) failed with error(-55): No buffer space available    | NO_MEMORY
          ConnectException | connect(..) failed with error(-61): Connection refused           | REMOTE
          ConnectException | Operation timed out                                              | REMOTE
          # Windows
          BindException    | Address already in use: connect                                  | NO_LOCAL_PORT
          BindException    | Address already in use: no further information                   | NO_LOCAL_PORT
          BindException    | Address already in use: bind                                     | PORT_IN_USE
          BindException    | Address already in use: JVM_Bind                                 | PORT_IN_USE
          BindException    | Address already in use: NET_Bind                                 | PORT_IN_USE
          SocketException  | No buffer space available (maximum connections reached?): connect | NO_LOCAL_PORT
          SocketException  | No buffer space available (maximum connections reached?): bind   | NO_LOCAL_PORT
          SocketException  | No buffer space available (maximum connections reached?): JVM_Bind | NO_LOCAL_PORT
          SocketException  | Unrecognized Windows Sockets error: 10055: connect               | NO_LOCAL_PORT
          IOException      | An operation on a socket could not be performed because the system lacked sufficient buffer space or because a queue was full | NO_LOCAL_PORT
          IOException      | socket: WSAENOBUFS                                               | NO_LOCAL_PORT
          IOException      | errno=10048, connect                                             | PORT_IN_USE
          BindException    | Cannot assign requested address: JVM_Bind                        | ADDRESS_NOT_AVAILABLE
          BindException    | Cannot assign requested address: connect                         | ADDRESS_NOT_AVAILABLE
          SocketException  | Permission denied: connect                                       | OTHER
          ConnectException | Connection refused: no further information                       | REMOTE
          ConnectException | Connection timed out: connect                                    | REMOTE
          IOException      | An existing connection was forcibly closed by the remote host    | REMOTE
          # of no system, or no error of a socket
          ConnectException | Verbindungsaufbau abgelehnt                                      | REMOTE
          BindException    | Die Adresse wird bereits verwendet                               | OTHER
          SocketException  | Socket closed                                                    | OTHER
          IOException      | upstream said: Cannot assign requested address                   | OTHER
          IOException      | EOF reached while reading                                        | OTHER
          """)
  void wordsOfEverySystemAreUnderstood(String type, String words, Kind kind) {
    IOException error = bare(type, words);
    assertThat(PortDiagnosis.of(error).kind()).isEqualTo(kind);
    assertThat(PortDiagnosis.of(new ExecutionException(error)).kind()).isEqualTo(kind);
    assertThat(PortDiagnosis.of(error).error()).endsWith(words);
  }

  @Test
  void typesTellWhatWordsDoNot() {
    assertThat(kindOf(new SocketTimeoutException("Tid ude"))).isEqualTo(Kind.REMOTE);
    assertThat(kindOf(new NoRouteToHostException())).isEqualTo(Kind.REMOTE);
    assertThat(kindOf(refusedByHttpClient())).isEqualTo(Kind.REMOTE);
    assertThat(kindOf(new UnknownHostException("shop.example"))).isEqualTo(Kind.OTHER);
  }

  @Test
  void whatIsNoErrorOfASocketIsNone() {
    assertThat(kindOf(new IllegalStateException("Address already in use by tenant 4")))
        .isEqualTo(Kind.OTHER);
    assertThat(kindOf(new TimeoutException())).isEqualTo(Kind.OTHER);
    assertThat(kindOf(new OutOfMemoryError("Direct buffer memory"))).isEqualTo(Kind.OTHER);
    assertThat(PortDiagnosis.of(new RuntimeException()).toString())
        .isEqualTo("OTHER: not an error of a socket\n  error: RuntimeException");
  }

  @Test
  void theStackTellsBindFromConnectInAnyLanguage() {
    BindException error = bare("die Adresse...");
    error.setStackTrace(stack("sun.nio.ch.Net", "connect0"));
    assertThat(kindOf(error)).isEqualTo(Kind.NO_LOCAL_PORT);
    error.setStackTrace(stack("sun.nio.ch.Net", "bind0"));
    assertThat(kindOf(error)).isEqualTo(Kind.OTHER);
    BindException known = bare("Cannot assign requested address");
    known.setStackTrace(stack("sun.nio.ch.Net", "bind0"));
    assertThat(kindOf(known)).isEqualTo(Kind.ADDRESS_NOT_AVAILABLE);
  }

  @Test
  void aPortToListenOnIsNeverAWantOfPorts() {
    BindException error = bare("Address already in use");
    error.setStackTrace(stack("sun.nio.ch.ServerSocketChannelImpl", "bind"));
    assertThat(PortDiagnosis.of(error, List.of(Census.full(9001))).kind())
        .isEqualTo(Kind.PORT_IN_USE);
  }

  @Test
  void causesTellTogetherWhatEachTellsInPart() {
    // As the JDK's HTTP client has it from localAddress: bind, because of a connect.
    ConnectException outer = new ConnectException("Address already in use");
    outer.initCause(bare("Address already in use"));
    assertThat(kindOf(new CompletionException(outer))).isEqualTo(Kind.NO_LOCAL_PORT);
    // As Netty has it: the annotated one has no stack.
    SocketException annotated =
        new SocketException("Cannot assign requested address: /127.0.0.1:9001");
    annotated.initCause(bare("Cannot assign requested address"));
    assertThat(kindOf(annotated)).isEqualTo(Kind.NO_LOCAL_PORT);
  }

  @Test
  void whatIsSuppressedCountsWhereTheRestTellsNothing() {
    IOException refusal = new IOException("no connection in time");
    refusal.addSuppressed(new IOException("no more"));
    refusal.getSuppressed()[0].addSuppressed(bare("Cannot assign requested address"));
    assertThat(kindOf(refusal)).isEqualTo(Kind.NO_LOCAL_PORT);
    IOException refused = new IOException(new ConnectException("Connection refused"));
    refused.addSuppressed(bare("Cannot assign requested address"));
    assertThat(kindOf(refused)).isEqualTo(Kind.REMOTE);
  }

  @Test
  void circlesEnd() {
    IOException one = new IOException("one");
    IOException two = new IOException("two", one);
    one.initCause(two);
    one.addSuppressed(two);
    two.addSuppressed(one);
    assertThat(kindOf(one)).isEqualTo(Kind.OTHER);
    two.addSuppressed(bare("Too many open files"));
    assertThat(kindOf(one)).isEqualTo(Kind.NO_FILE_DESCRIPTOR);
  }

  // ---- this library's own refusals

  @Test
  void aRefusalOfTheLedgerBringsItsCountsWithIt() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(
            new ExecutionException(
                new PortsExhaustedException(
                    List.of(Census.full(9001)), Duration.ofMillis(250), null)));
    assertThat(diagnosis.kind()).isEqualTo(Kind.NO_LOCAL_PORT);
    assertThat(diagnosis.evidence()).isEqualTo(Evidence.CONFIRMED);
    assertThat(diagnosis.stock()).containsExactly(Census.FULL_WORDS);
  }

  @Test
  void aRefusalBecauseOfACapNamesTheCap() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(
            new PortsExhaustedException(List.of(Census.capped()), Duration.ZERO, null));
    assertThat(diagnosis.kind()).isEqualTo(Kind.NO_LOCAL_PORT);
    assertThat(diagnosis.stock().get(0)).endsWith("; NAT: 0 of 2 free");
  }

  @Test
  void aRefusalByARouteThatRestsIsNoWantOfPorts() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(
            new PortsExhaustedException(List.of(Census.of(9001, 2, 1)), Duration.ZERO, null));
    assertThat(diagnosis.kind()).isEqualTo(Kind.OTHER);
    assertThat(diagnosis.evidence()).isEqualTo(Evidence.CONTRADICTED);
  }

  // ---- what an operator reads

  @Test
  void anOperatorReadsWhatItIsWhatWasCountedAndWhatToDo() {
    PortDiagnosis diagnosis =
        PortDiagnosis.of(
                bare("Cannot assign requested address (connect failed)"),
                List.of(Census.full(9001)))
            .withAdvice(
                new TuningAdvice(
                    List.of(new Remedy("widen the range", List.of("sysctl it"), "listeners"))));
    assertThat(diagnosis.toString())
        .isEqualTo(
            """
            NO_LOCAL_PORT: no local port is left for another connection
              error: BindException: Cannot assign requested address (connect failed)
              confirmed by: %s
              1. share connections: a pool of limited size, in which callers wait, and keep-alive
              2. use more addresses: each further source or destination address adds the whole range once more
              3. widen the range
                 sysctl it
                 risk: listeners"""
                .formatted(Census.FULL_WORDS));
  }

  @Test
  void adviceOnPortsIsForThoseWhoWantPorts() {
    PortDiagnosis diagnosis = PortDiagnosis.of(new ConnectException("Connection refused"));
    assertThat(
            diagnosis.withAdvice(
                new TuningAdvice(List.of(new Remedy("widen the range", List.of(), "")))))
        .isSameAs(diagnosis);
    assertThat(diagnosis.remedies()).isEmpty();
  }

  // ---- helpers

  private static Kind kindOf(Throwable error) {
    return PortDiagnosis.of(error).kind();
  }

  private static ConnectException refusedByHttpClient() {
    ConnectException error = new ConnectException();
    error.initCause(new ClosedChannelException());
    return error;
  }

  static BindException bare(String words) {
    BindException error = new BindException(words);
    error.setStackTrace(new StackTraceElement[0]);
    return error;
  }

  static IOException bare(String type, String words) {
    IOException error =
        switch (type) {
          case "BindException" -> new BindException(words);
          case "ConnectException" -> new ConnectException(words);
          case "SocketException" -> new SocketException(words);
          case "SocketTimeoutException" -> new SocketTimeoutException(words);
          case "IOException" -> new IOException(words);
          default -> throw new IllegalArgumentException("no such type: " + type);
        };
    error.setStackTrace(new StackTraceElement[0]);
    return error;
  }

  private static StackTraceElement[] stack(String type, String method) {
    return new StackTraceElement[] {
      new StackTraceElement(type, method, "Some.java", 1),
      new StackTraceElement("com.example.App", "main", "App.java", 1)
    };
  }
}
