"""Where the simulator holds each kind: the twin of the table of kinds, by the names that operators use."""

# Kind -> table, in the order in which `inventory` shows them.
TABLES = {
    "server": "servers",
    "server_group": "server_groups",
    "keypair": "keypairs",
    "floating_ip": "floatingips",
    "port": "ports",
    "router": "routers",
    "network": "networks",
    "subnet": "subnets",
    "security_group": "security_groups",
    "port_forwarding": "port_forwardings",
    "trunk": "trunks",
    "rbac_policy": "rbac_policies",
    "qos_policy": "qos_policies",
    "subnet_pool": "subnetpools",
    "address_group": "address_groups",
    "address_scope": "address_scopes",
    "volume": "volumes",
    "snapshot": "snapshots",
    "backup": "backups",
    "volume_group": "volume_groups",
    "volume_transfer": "transfers",
    "image": "images",
    "stack": "stacks",
    "load_balancer": "loadbalancers",
    "object_container": "containers",
    "cluster": "clusters",
    "dns_zone": "zones",
    "share": "shares",
    "share_snapshot": "share_snapshots",
    "share_network": "share_networks",
}
# Kinds of Reaper's that are held under another name here: a router's interface is a port by nature.
OTHERWISE = {"volume_snapshot": "snapshot", "router_interface": "port", "managed_port": "port"}


def table_of(kind: str) -> str:
    """Name the table in which a kind of Reaper's is held. Raises KeyError: the simulator has no such kind."""
    return TABLES[OTHERWISE.get(kind, kind)]
