/** Time as a parameter: where it is read, where tasks wait, and deadlines on its scale. */
package io.fourtuple.time;
