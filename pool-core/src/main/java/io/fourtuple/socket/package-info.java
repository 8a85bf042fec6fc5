/** Budgets of local ports for clients of blocking sockets: a socket factory. */
package io.fourtuple.socket;
