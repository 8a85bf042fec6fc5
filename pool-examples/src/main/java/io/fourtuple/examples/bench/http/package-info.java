/** What a request costs, with this library's client and with others. */
@NullMarked
package io.fourtuple.examples.bench.http;

import org.jspecify.annotations.NullMarked;
