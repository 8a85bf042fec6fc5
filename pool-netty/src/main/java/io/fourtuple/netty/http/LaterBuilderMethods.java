package io.fourtuple.netty.http;

import java.net.InetAddress;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Methods that {@link HttpClient.Builder} has since later JDKs, as it declares them: overriding
 * these, the compiler of an earlier JDK makes the methods that callers of the interface find.
 */
abstract class LaterBuilderMethods implements HttpClient.Builder {
  /** Since JDK 19. */
  public abstract HttpClient.Builder localAddress(@Nullable InetAddress localAddress);
}
