/** Ports and pools as meters of Micrometer, which is an optional dependency. */
package io.fourtuple.metrics;
