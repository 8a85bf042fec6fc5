package io.fourtuple.host;

import java.net.InetAddress;

/**
 * One row of a {@link SocketTable}. An IPv4 connection is one whatever the family of its socket:
 * v4-mapped addresses are shown in their IPv4 form. The kernel's table has no scopes.
 *
 * @param localAddress this end; the wildcard for many listeners
 * @param localPort this end's port
 * @param remoteAddress the other end; the wildcard for listeners
 * @param remotePort the other end's port; 0 for listeners
 * @param state where the socket stands
 */
public record TcpSocket(
    InetAddress localAddress,
    int localPort,
    InetAddress remoteAddress,
    int remotePort,
    TcpState state) {}
