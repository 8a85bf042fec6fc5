/** The code that docs/integrations.md shows, run with real clients in private networks. */
package io.fourtuple.examples.clients;
