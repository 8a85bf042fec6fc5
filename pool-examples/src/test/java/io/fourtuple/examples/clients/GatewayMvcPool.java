package io.fourtuple.examples.clients;

import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.pool.PoolException;
import io.fourtuple.port.PortsExhaustedException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/** What a Spring Cloud Gateway Server MVC needs, beside a {@link PooledHttpClient}. */
@Configuration(proxyBeanMethods = false)
class GatewayMvcPool {
  @Bean
  ClientHttpRequestFactory pooledConnections(PooledHttpClient client) {
    return new JdkClientHttpRequestFactory(client);
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  HandlerExceptionResolver refusalsAreUnavailable() {
    return (request, response, handler, error) -> {
      for (Throwable why = error; why != null; why = why.getCause()) {
        if (why instanceof PortsExhaustedException exhausted) {
          exhausted
              .retryAfter()
              .ifPresent(
                  after ->
                      response.setHeader(
                          HttpHeaders.RETRY_AFTER, Long.toString(after.toSeconds() + 1)));
        }
        if (why instanceof PortsExhaustedException || why instanceof PoolException) {
          response.setStatus(503);
          return new ModelAndView(); // it is answered
        }
      }
      return null;
    };
  }
}
