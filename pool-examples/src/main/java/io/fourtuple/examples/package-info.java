/** Runnable programs that show the library at work. */
@NullMarked
package io.fourtuple.examples;

import org.jspecify.annotations.NullMarked;
