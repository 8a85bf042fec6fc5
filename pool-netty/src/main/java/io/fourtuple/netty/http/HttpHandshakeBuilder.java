package io.fourtuple.netty.http;

import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Settings of an {@link HttpHandshake}. Refuses what makes no sense. Not thread-safe. */
public final class HttpHandshakeBuilder {
  /** The JDK's own client allows heads of 384 KiB, and 64 KiB are asked for now and then. */
  private static final int HEAD_SIZE = 384 << 10;

  /** A longer one could hold an event loop for seconds, with a server that means it. */
  private static final int LARGEST_HEAD = 1 << 20;

  private static final int HEADERS = 1_000;

  /** 103 (Early Hints) may come several times; more than that is an attempt to keep us busy. */
  private static final int INFORMATIONAL = 16;

  private @Nullable SSLContext sslContext;
  private @Nullable SSLParameters sslParameters;
  private int maxHeadSize = HEAD_SIZE;
  private int maxHeaderCount = HEADERS;
  private int maxInformational = INFORMATIONAL;

  HttpHandshakeBuilder() {}

  /** What TLS is made of; {@link SSLContext#getDefault()} by default. */
  public HttpHandshakeBuilder sslContext(SSLContext sslContext) {
    this.sslContext = Objects.requireNonNull(sslContext, "sslContext must not be null");
    return this;
  }

  /**
   * How TLS is spoken; the context's own by default. Copied. Server name, application protocols and
   * the check of the server's name are the handshake's.
   */
  public HttpHandshakeBuilder sslParameters(SSLParameters sslParameters) {
    this.sslParameters =
        TlsEngines.copy(Objects.requireNonNull(sslParameters, "sslParameters must not be null"));
    return this;
  }

  /**
   * How long all header fields of a response, and its trailers, may be together.
   *
   * @param bytes 1 KiB to 1 MiB; 384 KiB by default, as in the JDK's client
   */
  public HttpHandshakeBuilder maxHeadSize(int bytes) {
    maxHeadSize = within("maxHeadSize", 1 << 10, LARGEST_HEAD, bytes);
    return this;
  }

  /**
   * How many header fields and trailers a response may have together.
   *
   * @param count 1 to 100,000; 1,000 by default
   */
  public HttpHandshakeBuilder maxHeaderCount(int count) {
    maxHeaderCount = within("maxHeaderCount", 1, 100_000, count);
    return this;
  }

  /**
   * How many informational responses (1xx) may precede the final one.
   *
   * @param count 0 to 1,000; 16 by default
   */
  public HttpHandshakeBuilder maxInformational(int count) {
    maxInformational = within("maxInformational", 0, 1_000, count);
    return this;
  }

  private static int within(String field, int least, int most, int value) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          field + " must be in " + least + ".." + most + ", was " + value);
    }
    return value;
  }

  /**
   * Makes the handshake.
   *
   * @throws IllegalStateException where no context is given and the JVM has no default
   */
  public HttpHandshake build() {
    SSLContext context = sslContext != null ? sslContext : defaultContext();
    SSLParameters parameters =
        sslParameters != null ? sslParameters : context.getDefaultSSLParameters();
    return new HttpHandshake(
        new TlsEngines(context, parameters),
        new HttpLimits(maxHeadSize, maxHeaderCount, maxInformational));
  }

  private static SSLContext defaultContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("sslContext must be given where the JVM has no default", e);
    }
  }
}
