"""An estate with several of each kind, and where each kind is listed."""

from reaper.simulator import Simulator

PATHS = {
    "server": "/servers/detail",
    "floating_ip": "/floatingips",
    "router": "/routers",
    "port": "/ports",
    "subnet": "/subnets",
    "network": "/networks",
    "security_group": "/security-groups",
    "volume_snapshot": "/snapshots/detail",
    "volume": "/volumes/detail",
    "image": "/images",
    "server_group": "/os-server-groups",
    "trunk": "/trunks",
    "subnet_pool": "/subnetpools",
    "address_scope": "/address-scopes",
    "address_group": "/address-groups",
    "qos_policy": "/qos/policies",
    "rbac_policy": "/rbac-policies",
    "volume_group": "/groups/detail",
    "backup": "/backups/detail",
    "stack": "/stacks",
    "cluster": "/clusters/detail",
    "dns_zone": "/zones",
    "share": "/shares/detail",
    "share_network": "/share-networks/detail",
    "load_balancer": "/lbaas/loadbalancers",
    "object_container": r"/AUTH_\w+/?",
}


def furnish(simulator: Simulator, name: str) -> str:
    """Make five or more of each kind, so that a list takes several pages of three."""
    seed = simulator.seed
    project = seed.tenant(name, servers=5, fips=5, volumes=5).project_id
    volume = seed.volume(project)
    subnet = seed.subnet(seed.network(project, f"{name}-l"))
    for n in range(5):
        seed.subnet(seed.network(project, f"{name}-n{n}"))
        seed.router(project, f"{name}-r{n}")
        seed.security_group(project, f"{name}-g{n}")
        seed.snapshot(volume)
        seed.image(project)
        seed.image(project, hidden=True)
        for kind in ("subnetpools", "address_scopes", "address_groups", "qos_policies"):
            seed.plain(kind, project, f"{name}-{kind}-{n}")
        seed.trunk(project, f"{name}-t{n}", seed.port(project, seed.network(project, f"{name}-t{n}")))
        seed.rbac_policy(seed.network(project, f"{name}-s{n}"), f"silly-{n}")
        seed.backup(volume)
        seed.stack(project, f"{name}-h{n}")
        seed.load_balancer(project, f"{name}-l{n}", subnet)
        seed.cluster(project, f"{name}-k{n}")
        seed.dns_zone(project, f"{name}-{n}.example.")
        seed.object_container(project, f"{name}-c{n}")
        seed.volume_group(project, f"{name}-v{n}", [])
    return project
