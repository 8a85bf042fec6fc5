package io.fourtuple.host;

import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.host.PortDiagnosis.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Set;

/**
 * What a failed call of a socket means, before ports are counted and after. The same errno means
 * different things in bind and in connect, so a few errors leave a choice that only counts decide.
 *
 * @param unchecked where nothing was counted
 * @param confirmed where no port is free
 * @param contradicted where there are ports
 */
record ErrorMeaning(Reading unchecked, Reading confirmed, Reading contradicted) {

  /** One reading of an error. */
  record Reading(Kind kind, String words) {}

  private static final Set<String> TIMEOUTS =
      Set.of("ConnectTimeoutException", "HttpTimeoutException", "HttpConnectTimeoutException");

  /** Which this package must not know. */
  private static final String OUR_POOL = "io.fourtuple.pool.";

  private static final String SPENT = "no local port is left for another connection";

  private static final Reading NO_PORT = new Reading(Kind.NO_LOCAL_PORT, SPENT);

  /** connect(2) of Linux, and every system but Windows. */
  private static final ErrorMeaning NOT_AVAILABLE_IN_CONNECT =
      new ErrorMeaning(
          new Reading(
              Kind.NO_LOCAL_PORT,
              SPENT
                  + "; if there are ports, this host has no address of the destination's family,"
                  + " or the one port that was bound is in use on that route"),
          NO_PORT,
          new Reading(
              Kind.ADDRESS_NOT_AVAILABLE,
              "not for want of ports: this host has no address of the destination's family (IPv6"
                  + " turned off, say), or the one port that was bound is in use on that route"));

  private static final ErrorMeaning NOT_AVAILABLE_SOMEWHERE =
      new ErrorMeaning(
          new Reading(
              Kind.NO_LOCAL_PORT,
              SPENT
                  + "; but if it was bind that failed, which nothing here tells, the source address"
                  + " is not on this host"),
          NO_PORT,
          new Reading(
              Kind.ADDRESS_NOT_AVAILABLE,
              "not for want of ports: the source address is not on this host, or this host has no"
                  + " address of the destination's family"));

  private static final ErrorMeaning IN_USE_IN_CONNECT =
      new ErrorMeaning(
          new Reading(
              Kind.NO_LOCAL_PORT,
              SPENT + "; if there are ports, the one that was bound is in use on that route"),
          NO_PORT,
          new Reading(
              Kind.PORT_IN_USE,
              "not for want of ports: the one local port that was asked for is in use"));

  private static final ErrorMeaning IN_USE_IN_BIND =
      new ErrorMeaning(
          new Reading(
              Kind.PORT_IN_USE,
              "the local port that was asked for is in use; if that was port 0, which leaves the"
                  + " choice to the kernel, none is left"),
          NO_PORT,
          new Reading(
              Kind.PORT_IN_USE,
              "not for want of ports: the one local port that was asked for is in use"));

  private static final ErrorMeaning WINDOWS_BUFFERS =
      new ErrorMeaning(
          new Reading(
              Kind.NO_LOCAL_PORT,
              SPENT
                  + "; if there are ports, the kernel has no memory for sockets: WSAENOBUFS says"
                  + " both"),
          NO_PORT,
          new Reading(
              Kind.NO_MEMORY,
              "not for want of ports: the kernel has no memory for sockets (WSAENOBUFS says"
                  + " both)"));

  private static final ErrorMeaning WORDLESS_CONNECT =
      new ErrorMeaning(
          new Reading(
              Kind.NO_LOCAL_PORT,
              SPENT
                  + ", or the system forbids the connect: the message is in a language that is"
                  + " not known here, and no errno in it"),
          NO_PORT,
          new Reading(
              Kind.OTHER,
              "not for want of ports: the local address cannot be used, or the system forbids the"
                  + " connect"));

  private static final ErrorMeaning WORDLESS_BIND =
      new ErrorMeaning(
          new Reading(
              Kind.OTHER,
              "the local address or port cannot be had: the message is in a language that is not"
                  + " known here, and no errno in it, so that is all it tells"),
          NO_PORT,
          new Reading(
              Kind.OTHER,
              "not for want of ports: the local port is in use, or the address is not on this"
                  + " host"));

  /** What an error means. */
  static ErrorMeaning of(SocketError error) {
    Errno errno = error.errno();
    return errno == null ? ofType(error) : ofErrno(errno, error);
  }

  /** The reading that fits what was counted. */
  Reading reading(Evidence evidence) {
    return switch (evidence) {
      case CONFIRMED -> confirmed;
      case CONTRADICTED -> contradicted;
      case UNCHECKED -> unchecked;
    };
  }

  /** Whether counts of ports can say anything about it. */
  boolean concernsPorts() {
    return confirmed.kind == Kind.NO_LOCAL_PORT;
  }

  private static ErrorMeaning ofErrno(Errno errno, SocketError error) {
    return switch (errno) {
      case EADDRNOTAVAIL -> ofNotAvailable(error);
      case EADDRINUSE ->
          error.listening()
              ? always(Kind.PORT_IN_USE, "the port to listen on is in use")
              : error.connecting() ? IN_USE_IN_CONNECT : IN_USE_IN_BIND;
      case WSAENOBUFS -> WINDOWS_BUFFERS;
      case ENOBUFS, ENOMEM -> always(Kind.NO_MEMORY, "the kernel has no memory for sockets");
      case EMFILE -> always(Kind.NO_FILE_DESCRIPTOR, "this process may open no more files");
      case ENFILE -> always(Kind.NO_FILE_DESCRIPTOR, "this system can open no more files");
      case EACCES, EPERM ->
          always(
              Kind.OTHER,
              "the system forbids it: a port below the unprivileged ones, a firewall, or a filter"
                  + " of system calls");
      case ECONNREFUSED -> always(Kind.REMOTE, "the other end refuses: nobody listens there");
      case ETIMEDOUT -> noAnswer();
      case ECONNRESET, EPIPE -> always(Kind.REMOTE, "the other end has ended the connection");
      case ENETUNREACH, EHOSTUNREACH -> always(Kind.REMOTE, "there is no way to the other end");
    };
  }

  private static ErrorMeaning ofNotAvailable(SocketError error) {
    if (error.call() == SocketError.Call.BIND) {
      return always(Kind.ADDRESS_NOT_AVAILABLE, "the source address is not on this host");
    } else if (error.windows() && error.call() == SocketError.Call.CONNECT) {
      // Windows has other errors for ports (WinSock's reference of connect).
      return always(
          Kind.ADDRESS_NOT_AVAILABLE,
          "the destination is no address to connect to, such as 0.0.0.0 or port 0, or the source"
              + " address is not on this host");
    }
    return error.connecting() ? NOT_AVAILABLE_IN_CONNECT : NOT_AVAILABLE_SOMEWHERE;
  }

  private static ErrorMeaning ofType(SocketError error) {
    if (error.find(BindException.class) != null) {
      return error.call() == SocketError.Call.CONNECT ? WORDLESS_CONNECT : WORDLESS_BIND;
    } else if (error.find(UnknownHostException.class) != null
        || error.find(UnresolvedAddressException.class) != null) {
      return always(Kind.OTHER, "the name of the other end is not known");
    } else if (error.find(SocketTimeoutException.class) != null
        || error.find(InterruptedByTimeoutException.class) != null
        || isNamedTimeout(error)) {
      return noAnswer();
    } else if (error.find(NoRouteToHostException.class) != null
        || error.find(PortUnreachableException.class) != null) {
      return always(Kind.REMOTE, "there is no way to the other end");
    } else if (error.find(ConnectException.class) != null) {
      return always(Kind.REMOTE, "the other end refuses, or does not answer");
    } else if (error.find(SocketException.class) != null) {
      return always(Kind.OTHER, "another error of a socket");
    }
    return always(Kind.OTHER, ofNoSocket(error));
  }

  private static String ofNoSocket(SocketError error) {
    if (error.chain().stream().anyMatch(one -> one.getClass().getName().startsWith(OUR_POOL))) {
      return "a refusal of the pool's, which says why";
    }
    return error.find(IOException.class) == null
        ? "not an error of a socket"
        : "no error of the kernel's that says anything of ports";
  }

  /** Types of modules that this one does not read, Netty's and java.net.http's among them. */
  private static boolean isNamedTimeout(SocketError error) {
    return error.chain().stream()
        .map(one -> one.getClass().getSimpleName())
        .anyMatch(TIMEOUTS::contains);
  }

  private static ErrorMeaning noAnswer() {
    return always(
        Kind.REMOTE,
        "the other end did not answer in time; a NAT in between that has no port left looks the"
            + " same");
  }

  private static ErrorMeaning always(Kind kind, String words) {
    Reading reading = new Reading(kind, words);
    return new ErrorMeaning(reading, reading, reading);
  }
}
