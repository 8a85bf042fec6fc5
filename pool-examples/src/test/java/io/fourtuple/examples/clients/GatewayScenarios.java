package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.PortBudgetHandler;
import io.fourtuple.port.PortSelection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * A gateway with a route to two back ends, one to the same whose connects may take no longer than a
 * moment, and one to nobody. Runs in a private network: see {@link GatewayIT}.
 */
class GatewayScenarios {
  private static final String PREFIX = "spring.cloud.gateway.server.webflux.";
  private static final int GATEWAY_PORT = 8_080;
  private static final int REQUESTS = 2_000;

  /** More than the 256 ports to both back ends. */
  private static final int CALLERS = 400;

  private static final int HURRIED = 20;
  private static final int FEW = 20;
  private static final int PORTS = 2 * TwoSources.PORTS;

  /** Each calls another address of the gateway, for to one it would have 64 ports, too. */
  private final List<HttpClient> callers =
      IntStream.rangeClosed(1, 8).mapToObj(GatewayScenarios::caller).toList();

  private final List<HoldingServer> backEnds =
      List.of(new HoldingServer(8_081), new HoldingServer(8_082));
  private TwoSources sources;
  private ConfigurableApplicationContext gateway;

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(GatewayPortBudget.class)
  static class Gateway {}

  private static HttpClient caller(int n) {
    return HttpClient.create(ConnectionProvider.create("caller-" + n, CALLERS))
        .baseUrl("http://127.0.1." + n + ":" + GATEWAY_PORT);
  }

  /**
   * What a caller got.
   *
   * @param retryAfter null for nothing
   */
  private record Answer(int status, @Nullable String retryAfter, String body) {}

  @BeforeEach
  void start() throws Exception {
    sources = TwoSources.picked(PortSelection.PINNED);
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> context.registerBean(PortBudgetHandler.class, () -> sources.handler);
    gateway =
        new SpringApplicationBuilder(Gateway.class)
            .web(WebApplicationType.REACTIVE)
            .initializers(beans)
            .properties(properties())
            .run();
  }

  private Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("server.port", GATEWAY_PORT);
    properties.put("spring.main.banner-mode", "off");
    properties.put(PREFIX + "httpclient.connect-timeout", TwoSources.PATIENCE.toMillis());
    List<String> paths = List.of("/work", "/hurry");
    for (int i = 0; i < paths.size() * backEnds.size(); i++) {
      String route = PREFIX + "routes[" + i + "].";
      String path = paths.get(i / backEnds.size());
      HoldingServer backEnd = backEnds.get(i % backEnds.size());
      properties.put(route + "id", path + backEnd.endpoint().port());
      properties.put(route + "uri", backEnd.uri());
      properties.put(route + "predicates[0]", "Path=" + path);
      properties.put(route + "predicates[1]", "Weight=" + path + ", 1");
      if (path.equals("/hurry")) {
        properties.put(route + "metadata.connect-timeout", 200);
      }
    }
    int last = paths.size() * backEnds.size();
    String route = PREFIX + "routes[" + last + "].";
    properties.put(route + "id", "nobody");
    properties.put(route + "uri", "http://127.0.0.1:8083");
    properties.put(route + "predicates[0]", "Path=/nobody");
    return properties;
  }

  @AfterEach
  void stop() {
    gateway.close();
    backEnds.forEach(HoldingServer::close);
  }

  @Test
  void callersWaitForPortsAndRefusalsAreUnavailableWithTheTimeWhereItIsKnown() throws Exception {
    List<CompletableFuture<Answer>> waiting = askWhileNothingIsAnswered();
    for (Answer answer : all(ask("/hurry", HURRIED))) {
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.retryAfter()).isNull(); // a port may come free any moment
    }
    answerTheFirst(waiting);
    backEnds.forEach(HoldingServer::closeIdle);
    assertServed(all(waiting));
    assertThat(accepted()).isEqualTo(CALLERS);

    for (int asked = CALLERS; asked < REQUESTS; asked += FEW) {
      assertServed(all(ask("/work", FEW)));
    }
    assertThat(accepted()).isEqualTo(CALLERS);
    assertThat(all(ask("/nobody", FEW))).extracting(Answer::status).containsOnly(500);

    List<CompletableFuture<Answer>> last = askWhileNothingIsAnswered();
    answerTheFirst(last);
    int idled = CALLERS - PORTS; // of the first round, whose others were closed
    assertThat(accepted()).isEqualTo(CALLERS + PORTS - idled);
    closeIdleConnectionsOfTheGateway();
    Map<Integer, List<Answer>> byStatus =
        all(last).stream().collect(Collectors.groupingBy(Answer::status));
    assertThat(byStatus.get(200)).hasSize(PORTS);
    assertThat(byStatus.get(503))
        .hasSize(CALLERS - PORTS)
        .extracting(Answer::retryAfter)
        .allMatch(seconds -> Integer.parseInt(seconds) > 0);

    gateway.close();
    sources.agreeWithTheKernel();
  }

  /** Returns when all ports are used, and the others wait. */
  private List<CompletableFuture<Answer>> askWhileNothingIsAnswered() {
    backEnds.forEach(HoldingServer::hold);
    List<CompletableFuture<Answer>> answers = ask("/work", CALLERS);
    await(
        "all ports are used",
        () -> waiting() == PORTS && sources.handler.waiting() == CALLERS - PORTS);
    assertThat(answers).noneMatch(CompletableFuture::isDone);
    return answers;
  }

  private void answerTheFirst(List<CompletableFuture<Answer>> answers) {
    backEnds.forEach(HoldingServer::answer);
    await(
        "the first are served",
        () -> answers.stream().filter(CompletableFuture::isDone).count() == PORTS);
  }

  /** Its side closes first, so each port rests for a time that is known. */
  private void closeIdleConnectionsOfTheGateway() {
    ConnectionProvider pool =
        gateway.getBean(HttpClient.class).configuration().connectionProvider();
    backEnds.forEach(backEnd -> pool.disposeWhen(backEnd.endpoint().toSocketAddress()));
  }

  private List<CompletableFuture<Answer>> ask(String path, int times) {
    return IntStream.range(0, times)
        .mapToObj(i -> ask(path, callers.get(i % callers.size())))
        .toList();
  }

  private static CompletableFuture<Answer> ask(String path, HttpClient caller) {
    return caller
        .get()
        .uri(path)
        .responseSingle(
            (head, body) ->
                body.asString()
                    .defaultIfEmpty("")
                    .map(
                        text ->
                            new Answer(
                                head.status().code(),
                                head.responseHeaders().get("Retry-After"),
                                text)))
        .toFuture();
  }

  private static List<Answer> all(List<CompletableFuture<Answer>> answers) throws Exception {
    List<Answer> all = new ArrayList<>();
    for (CompletableFuture<Answer> answer : answers) {
      all.add(answer.get(50, TimeUnit.SECONDS));
    }
    return all;
  }

  private static void assertServed(List<Answer> answers) {
    assertThat(answers).containsOnly(new Answer(200, null, HoldingServer.ANSWER));
  }

  private int waiting() {
    return backEnds.stream().mapToInt(HoldingServer::waiting).sum();
  }

  private int accepted() {
    return backEnds.stream().mapToInt(HoldingServer::accepted).sum();
  }

  private void await(String what, BooleanSupplier condition) {
    Await.until(what, condition, () -> sources + ", " + waiting() + " of " + accepted());
  }
}
