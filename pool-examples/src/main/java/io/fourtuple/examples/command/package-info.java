/** What the commands have in common. */
@NullMarked
package io.fourtuple.examples.command;

import org.jspecify.annotations.NullMarked;
