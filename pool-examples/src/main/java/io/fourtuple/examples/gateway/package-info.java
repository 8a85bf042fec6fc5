/**
 * A reverse proxy, written to be read and copied. {@link io.fourtuple.examples.gateway.Exchange} is
 * its heart: one request on its way to an upstream, and the response on its way back.
 */
@NullMarked
package io.fourtuple.examples.gateway;

import org.jspecify.annotations.NullMarked;
