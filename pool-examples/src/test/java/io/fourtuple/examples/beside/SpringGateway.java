package io.fourtuple.examples.beside;

import io.fourtuple.examples.clients.GatewayPortBudget;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.PortBudgetHandler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** Spring Cloud Gateway: with {@code plain} as it comes, with sources on their budgets. */
final class SpringGateway {
  private static final String PREFIX = "spring.cloud.gateway.server.webflux.";

  private SpringGateway() {}

  /** The application. */
  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Gateway {}

  public static void main(String[] arguments) {
    List<Class<?>> configurations = new ArrayList<>(List.of(Gateway.class));
    List<ApplicationContextInitializer<GenericApplicationContext>> beans = new ArrayList<>();
    if (!arguments[0].equals("plain")) {
      configurations.add(GatewayPortBudget.class);
      PortBudgetHandler handler =
          PortBudgetHandler.of(HostPorts.builder().sources(arguments[0].split(",", -1)).build());
      beans.add(context -> context.registerBean(PortBudgetHandler.class, () -> handler));
    }
    new SpringApplicationBuilder(configurations.toArray(Class<?>[]::new))
        .web(WebApplicationType.REACTIVE)
        .initializers(beans.toArray(ApplicationContextInitializer<?>[]::new))
        .properties(properties())
        .run();
  }

  private static Map<String, Object> properties() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("server.port", Plan.PROXY_PORT);
    properties.put("spring.main.banner-mode", "off");
    properties.put("logging.level.root", "off");
    properties.put(PREFIX + "httpclient.connect-timeout", 2_000);
    List<String> backEnds = Plan.backEnds(Plan.BACK_ENDS);
    for (int i = 0; i < backEnds.size(); i++) {
      String route = PREFIX + "routes[" + i + "].";
      properties.put(route + "id", backEnds.get(i));
      properties.put(route + "uri", "http://" + backEnds.get(i) + ":" + Plan.BACK_END_PORT);
      properties.put(route + "predicates[0]", "Path=/**");
      properties.put(route + "predicates[1]", "Weight=world, 1");
    }
    return properties;
  }
}
