/** More callers than ports, through a pool and with a connection for each. */
@NullMarked
package io.fourtuple.examples.load;

import org.jspecify.annotations.NullMarked;
