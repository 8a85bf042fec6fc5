package io.fourtuple.netty.http;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import javax.net.ssl.SSLContext;

/** Keys of servers on this host, made once for all tests. */
final class TestTls {
  private static final X509Bundle LOCALHOST = bundle("localhost");

  private TestTls() {}

  static X509Bundle bundle(String name) {
    try {
      return new CertificateBuilder()
          .subject("CN=" + name)
          .addSanDnsName(name)
          .setIsCertificateAuthority(true)
          .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static X509Bundle localhost() {
    return LOCALHOST;
  }

  /** For servers called localhost. */
  static SSLContext server() {
    return server(LOCALHOST);
  }

  static SSLContext server(X509Bundle bundle) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trusts them. */
  static SSLContext client() {
    return client(LOCALHOST);
  }

  static SSLContext client(X509Bundle trusted) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusted.toTrustManagerFactory().getTrustManagers(), null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
