/** The example gateway, HAProxy, nginx and Spring Cloud Gateway under the same load. */
package io.fourtuple.examples.beside;
