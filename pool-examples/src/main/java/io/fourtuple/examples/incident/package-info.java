/**
 * The incident of a messaging service, replayed: a proxy in front of four back ends, on a host with
 * 64 local ports.
 */
@NullMarked
package io.fourtuple.examples.incident;

import org.jspecify.annotations.NullMarked;
