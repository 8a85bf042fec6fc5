package io.fourtuple.netty.http;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What a client was built with.
 *
 * @param executor the user's; null for none
 * @param acquireTimeout how long a request without a time-out of its own waits for a connection
 * @param responseTimeout for a response with its body; null for none
 */
record ClientSettings(
    @Nullable CookieHandler cookieHandler,
    @Nullable Duration connectTimeout,
    HttpClient.Redirect redirect,
    @Nullable ProxySelector proxySelector,
    @Nullable Authenticator authenticator,
    HttpClient.Version version,
    @Nullable Executor executor,
    SSLContext sslContext,
    SSLParameters sslParameters,
    Duration acquireTimeout,
    @Nullable Duration responseTimeout) {}
