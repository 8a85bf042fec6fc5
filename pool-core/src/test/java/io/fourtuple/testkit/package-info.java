/**
 * What tests of the library stand on: virtual time, a simulated kernel that obeys what was measured
 * on Linux, a connector over it, an oracle, and random scenarios that can be replayed.
 */
package io.fourtuple.testkit;
