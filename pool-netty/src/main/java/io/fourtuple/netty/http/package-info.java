/** A {@link java.net.http.HttpClient} whose connections come from a pool with budgets. */
@NullMarked
package io.fourtuple.netty.http;

import org.jspecify.annotations.NullMarked;
