"""Services that only some clouds have: a simulator shows those it is told to in its catalog."""

from reaper.simulator.further import heat, octavia, others, swift

# type in the catalog -> name, path below the region's root; {} is the token's project
PLACES = {
    "orchestration": ("heat", "orchestration/v1/{}"),
    "load-balancer": ("octavia", "load-balancer"),
    "object-store": ("swift", "object-store/v1/AUTH_{}"),
    "dns": ("designate", "dns/v2"),
    "container-infra": ("magnum", "container-infra/v1"),
    "sharev2": ("manilav2", "sharev2/v2"),
}
ROUTES = {
    "orchestration": heat.ROUTES,
    "load-balancer": octavia.ROUTES,
    "object-store": swift.ROUTES,
    "dns": others.DESIGNATE,
    "container-infra": others.MAGNUM,
    "sharev2": others.MANILA_ROUTES,
}
EVERY = tuple(PLACES)
# Services that the catalog can name, and of which nothing is simulated: nobody can list what projects have there.
NAMED_ONLY = {
    "key-manager": ("barbican", "key-manager"),
    "database": ("trove", "database/v1.0/{}"),
}
