package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;

/**
 * How an endpoint of a destination stood at one instant.
 *
 * @param endpoint the endpoint
 * @param idle idle connections
 * @param leased connections in use
 * @param leases leases that are out: as many as connections in use, and more where these carry
 *     several at once
 * @param connecting connects in progress
 * @param failures failed connects in a row
 * @param isDown whether it is left alone for a while because of them
 * @param isLeaving whether the destination's name stands for it no more: it gets no new connections
 */
public record EndpointSnapshot(
    Endpoint endpoint,
    int idle,
    int leased,
    int leases,
    int connecting,
    int failures,
    boolean isDown,
    boolean isLeaving) {}
