/** The code that README.md shows, compiled and run. */
package io.fourtuple.examples.quickstart;
