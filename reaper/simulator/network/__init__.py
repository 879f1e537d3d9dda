"""Neutron v2.0."""

from reaper.simulator.network import floating, groups, networks, ports, routers, subnets, tables

ROUTES = (
    *networks.ROUTES,
    *subnets.ROUTES,
    *ports.ROUTES,
    *routers.ROUTES,
    *floating.ROUTES,
    *groups.ROUTES,
    *tables.ROUTES,
)
