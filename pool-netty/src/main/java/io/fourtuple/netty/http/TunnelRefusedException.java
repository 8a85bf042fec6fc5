package io.fourtuple.netty.http;

import java.io.IOException;

/** A proxy does not open a tunnel. */
final class TunnelRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient ResponseHead response;

  TunnelRefusedException(HttpProtocol.Tunnel tunnel, ResponseHead response) {
    super("the proxy opens no tunnel to " + tunnel + ": status " + response.statusCode());
    this.response = response;
  }

  /** What the proxy has answered. */
  ResponseHead response() {
    return response;
  }
}
