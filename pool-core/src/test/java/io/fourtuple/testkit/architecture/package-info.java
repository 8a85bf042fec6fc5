/** Rules that hold in every module, checked by a test in each of them. */
package io.fourtuple.testkit.architecture;
