"""Neutron v2.0."""

from reaper.simulator.network import (
    floating,
    forwardings,
    groups,
    networks,
    plain,
    ports,
    routers,
    sharing,
    subnets,
    tables,
    trunks,
)

ROUTES = (
    *networks.ROUTES,
    *subnets.ROUTES,
    *ports.ROUTES,
    *routers.ROUTES,
    *floating.ROUTES,
    *forwardings.ROUTES,
    *groups.ROUTES,
    *trunks.ROUTES,
    *sharing.ROUTES,
    *plain.ROUTES,
    *tables.ROUTES,
)
