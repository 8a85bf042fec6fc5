/**
 * {@code java -jar pool-core.jar}: how many local ports this host has left, by route. Runs with
 * nothing else on the class path; what it uses of other packages must not need a logger.
 */
package io.fourtuple.command;
