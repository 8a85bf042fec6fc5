package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import java.util.List;
import java.util.function.Function;

/**
 * Where connections come from, as one transport can use it.
 *
 * @param reaching the sources from which an endpoint can be reached
 * @param binds whether kernel-picked connections bind their source address
 */
record Sources(
    PortLedger ledger, Function<Endpoint, List<SourceAddress>> reaching, boolean binds) {}
