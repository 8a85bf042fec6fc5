package io.fourtuple.netty.http;

import io.netty.util.NetUtil;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * Makes engines as {@code java.net.http} does: with the given parameters, the host's name as the
 * server name, and the certificate checked against it.
 */
final class TlsEngines {
  private static final String[] HTTP_1 = {"http/1.1"};
  private static final String[] HTTP_2 = {"h2", "http/1.1"};

  private final SSLContext context;
  private final SSLParameters parameters;

  TlsEngines(SSLContext context, SSLParameters parameters) {
    this.context = context;
    this.parameters = copy(parameters);
  }

  SSLContext context() {
    return context;
  }

  /** As they were given. */
  SSLParameters parameters() {
    return copy(parameters);
  }

  SSLEngine create(String host, int port, boolean http2) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters own = copy(parameters);
    own.setEndpointIdentificationAlgorithm("HTTPS");
    own.setApplicationProtocols(http2 ? HTTP_2 : HTTP_1);
    if (!isAddress(host)) {
      own.setServerNames(List.of(new SNIHostName(host)));
    }
    engine.setSSLParameters(own);
    return engine;
  }

  private static boolean isAddress(String host) {
    return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
  }

  /** Those that have setters; nulls are left, since they stand for the engine's own. */
  static SSLParameters copy(SSLParameters from) {
    SSLParameters to = new SSLParameters();
    to.setAlgorithmConstraints(from.getAlgorithmConstraints());
    if (from.getCipherSuites() != null) {
      to.setCipherSuites(from.getCipherSuites());
    }
    if (from.getProtocols() != null) {
      to.setProtocols(from.getProtocols());
    }
    to.setEnableRetransmissions(from.getEnableRetransmissions());
    to.setMaximumPacketSize(from.getMaximumPacketSize());
    to.setEndpointIdentificationAlgorithm(from.getEndpointIdentificationAlgorithm());
    if (from.getServerNames() != null) {
      to.setServerNames(from.getServerNames());
    }
    if (from.getSNIMatchers() != null) {
      to.setSNIMatchers(from.getSNIMatchers());
    }
    to.setUseCipherSuitesOrder(from.getUseCipherSuitesOrder());
    if (from.getApplicationProtocols() != null) {
      to.setApplicationProtocols(from.getApplicationProtocols());
    }
    return to;
  }
}
