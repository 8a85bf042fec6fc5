package io.fourtuple.examples.clients;

import io.fourtuple.netty.PortBudgetHandler;
import io.fourtuple.netty.PortRefusedException;
import io.fourtuple.pool.PoolException;
import io.fourtuple.port.PortsExhaustedException;
import java.time.Duration;
import java.util.Optional;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelPipelineConfigurer;

/** Spring Cloud Gateway on budgets of local ports. */
@Configuration(proxyBeanMethods = false)
public class GatewayPortBudget {
  @Bean
  HttpClientCustomizer budgetedConnects(PortBudgetHandler budget) {
    ChannelPipelineConfigurer installer = // one, for it is part of the pool's key
        (observer, channel, remote) -> channel.pipeline().addFirst(budget);
    return client -> client.doOnChannelInit(installer);
  }

  @Bean
  @Order(-2) // before Spring Boot's own, at -1, which answers 500
  WebExceptionHandler refusalsAreUnavailable() {
    return (exchange, error) -> {
      ServerHttpResponse response = exchange.getResponse();
      if (!isRefusal(error) || !response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE)) {
        return Mono.error(error);
      }
      retryAfter(error)
          .ifPresent(
              after ->
                  response
                      .getHeaders()
                      .set(HttpHeaders.RETRY_AFTER, Long.toString(after.toSeconds() + 1)));
      return response.setComplete();
    };
  }

  private static boolean isRefusal(Throwable error) {
    return error instanceof PortsExhaustedException
        || error instanceof PortRefusedException
        || error instanceof PoolException;
  }

  private static Optional<Duration> retryAfter(Throwable refusal) {
    return refusal instanceof PortsExhaustedException exhausted
        ? exhausted.retryAfter()
        : Optional.empty();
  }
}
