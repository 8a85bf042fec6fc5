/** Netty channels on port budgets. */
package io.fourtuple.netty;
