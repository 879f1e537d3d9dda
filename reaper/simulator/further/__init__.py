"""Services that only some clouds have: a simulator shows those it is told to in its catalog."""

from reaper.simulator.further import heat, octavia, swift

# type in the catalog -> name, path below the region's root; {} is the token's project
PLACES = {
    "orchestration": ("heat", "orchestration/v1/{}"),
    "load-balancer": ("octavia", "load-balancer"),
    "object-store": ("swift", "object-store/v1/AUTH_{}"),
}
ROUTES = {"orchestration": heat.ROUTES, "load-balancer": octavia.ROUTES, "object-store": swift.ROUTES}
EVERY = tuple(PLACES)
