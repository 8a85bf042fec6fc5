/** What the library costs. */
@NullMarked
package io.fourtuple.examples.bench;

import org.jspecify.annotations.NullMarked;
