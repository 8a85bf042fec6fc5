package io.fourtuple.netty.http;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be known of a body before it is sent again. */
final class Bodies {
  /**
   * The JDK's own classes whose documentation allows for another attempt: they keep the content, or
   * ask for it anew (the supplier of {@code ofInputStream}, the iterable of {@code ofByteArrays}).
   */
  private static final Set<Class<?>> REPEATABLE =
      Set.of(
          BodyPublishers.noBody().getClass(),
          BodyPublishers.ofString("").getClass(),
          BodyPublishers.ofByteArray(new byte[0]).getClass(),
          BodyPublishers.ofByteArrays(List.of()).getClass(),
          BodyPublishers.ofInputStream(InputStream::nullInputStream).getClass());

  /** That of {@code ofFile}, of which there is none without a file. */
  private static final String OF_FILE = "FilePublisher";

  private Bodies() {}

  /**
   * Whether a retry that nobody asked for may subscribe once more. Of {@code fromPublisher}, {@code
   * concat} and the users' own publishers nothing can be known: they are taken for not repeatable.
   * A redirect or an answer to a challenge subscribes again in any case, as the JDK does, because
   * nothing else could be done.
   */
  static boolean isRepeatable(@Nullable BodyPublisher body) {
    if (body == null) {
      return true;
    }
    Class<?> type = body.getClass();
    return REPEATABLE.contains(type)
        || (type.getModule() == HttpRequest.class.getModule()
            && type.getSimpleName().equals(OF_FILE));
  }
}
