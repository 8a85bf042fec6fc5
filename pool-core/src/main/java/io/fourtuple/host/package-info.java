/** What this operating system allows and shows, as far as local ports go. */
package io.fourtuple.host;
