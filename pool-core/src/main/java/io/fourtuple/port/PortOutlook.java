package io.fourtuple.port;

import java.time.Duration;

/**
 * When a port may be expected on some routes.
 *
 * @param live whether a port there is reserved, connecting, established or closing: it may come
 *     back any moment
 * @param known whether {@code untilFree} is a known expiry and not a guess
 * @param untilFree when the asked-for port is free, as far as known; zero where not known
 */
public record PortOutlook(boolean live, boolean known, Duration untilFree) {}
