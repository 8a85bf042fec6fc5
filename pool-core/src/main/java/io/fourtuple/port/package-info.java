/** Local ports as things with a life of their own: ranges, budgets, states, and their ledger. */
package io.fourtuple.port;
