package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods of java.net.http that are newer than the JDK this is compiled for, on a newer JDK. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class LaterMethodsTest {
  @AutoClose private final HttpRig rig = new HttpRig();

  /** On each JDK the tests run on: what it has a default for is ours all the same. */
  @ParameterizedTest
  @CsvSource({
    "java.net.http.HttpClient,            io.fourtuple.netty.http.PooledHttpClient",
    "java.net.http.HttpClient$Builder,    io.fourtuple.netty.http.PooledHttpClientBuilder",
    "java.net.http.HttpResponse,          io.fourtuple.netty.http.Response",
    "java.net.http.WebSocket,             io.fourtuple.netty.http.PooledWebSocket",
    "java.net.http.WebSocket$Builder,     io.fourtuple.netty.http.PooledWebSocketBuilder",
  })
  void nothingIsLeftToTheDefaultsOfTheJdk(Class<?> theirs, Class<?> ours) throws Exception {
    List<Method> methods =
        Arrays.stream(theirs.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .toList();
    assertThat(methods).isNotEmpty();
    for (Method method : methods) {
      Method found = ours.getMethod(method.getName(), method.getParameterTypes());
      assertThat(found.getDeclaringClass()).as("%s", method).isNotEqualTo(theirs);
    }
  }

  private static HttpRequest get(WebServer server) {
    return HttpRig.get(server.uri("/"));
  }

  private static Object call(HttpClient client, String method, Object... arguments)
      throws ReflectiveOperationException {
    Class<?>[] types = Arrays.stream(arguments).map(Object::getClass).toArray(Class<?>[]::new);
    return HttpClient.class.getMethod(method, types).invoke(client, arguments);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "clients can be closed since JDK 21")
  void whoKnowsTheInterfaceAloneClosesOurs() throws Exception {
    WebServer server = rig.server(Setup.OURS_HTTP1, request -> {});
    HttpClient client = rig.client(Setup.OURS_HTTP1);
    CompletableFuture<HttpResponse<Void>> open =
        client.sendAsync(get(server), BodyHandlers.discarding());
    call(client, "shutdown");
    assertThat(call(client, "isTerminated")).isEqualTo(false);
    assertThat(call(client, "awaitTermination", Duration.ofMillis(1))).isEqualTo(false);
    assertThat(open).isNotDone();
    call(client, "shutdownNow");
    assertThat(HttpRig.failure(open)).hasMessageContaining("shut down");
    assertThat(call(client, "awaitTermination", Duration.ofSeconds(20))).isEqualTo(true);
    call(client, "close");
    assertThat(call(client, "isTerminated")).isEqualTo(true);
    assertThat(HttpRig.failure(client.sendAsync(get(server), BodyHandlers.discarding())))
        .hasMessageContaining("shut down");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "labels come with JDK 25")
  void theLabelOfTheConnectionIsOurs() throws Exception {
    WebServer server = rig.server(Setup.OURS_HTTP1, request -> request.reply("body"));
    HttpClient client = rig.client(Setup.OURS_HTTP1);
    Method label = HttpResponse.class.getMethod("connectionLabel");
    Object first = label.invoke(client.send(get(server), BodyHandlers.discarding()));
    assertThat(first).isEqualTo(label.invoke(client.send(get(server), BodyHandlers.discarding())));
    assertThat(first.toString()).startsWith("Optional[");
  }
}
