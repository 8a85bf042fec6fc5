/** Pooled connections of any kind: idle, leased, waited for. */
package io.fourtuple.pool;
