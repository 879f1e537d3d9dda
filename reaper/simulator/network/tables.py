"""Neutron's extensions, quotas and agents."""

from reaper.simulator.exchange import ApiAnswer, Request, Route

EXTENSIONS = (
    "address-group",
    "address-scope",
    "allowed-address-pairs",
    "binding",
    "expose-port-forwarding-in-fip",
    "external-net",
    "extraroute",
    "filter-validation",
    "fip-port-details",
    "floating-ip-port-forwarding",
    "net-mtu",
    "pagination",
    "port-security",
    "project-id",
    "provider",
    "qos",
    "quotas",
    "quota_details",
    "rbac-policies",
    "router",
    "security-group",
    "sorting",
    "standard-attr-description",
    "standard-attr-revisions",
    "standard-attr-tag",
    "standard-attr-timestamp",
    "subnet_allocation",
    "trunk",
    "trunk-details",
)
QUOTA = {
    "network": -1,
    "subnet": -1,
    "subnetpool": -1,
    "port": -1,
    "router": -1,
    "router_route": 30,
    "floatingip": -1,
    "rbac_policy": 10,
    "security_group": -1,
    "security_group_rule": -1,
    "trunk": -1,
}


def list_extensions(_ask: Request) -> ApiAnswer:
    """List extensions."""
    return ApiAnswer(
        200,
        {
            "extensions": [
                {
                    "alias": alias,
                    "name": alias,
                    "description": alias,
                    "links": [],
                    "updated": "2020-01-01T00:00:00-00:00",
                }
                for alias in EXTENSIONS
            ]
        },
    )


def list_agents(_ask: Request) -> ApiAnswer:
    """List no agents."""
    return ApiAnswer(200, {"agents": []})


def show_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Show a project's quotas."""
    return ApiAnswer(200, {"quota": QUOTA | ask.region["network_quotas"].get(project_id, {})})


def set_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Change a project's quotas."""
    ask.region["network_quotas"].setdefault(project_id, {}).update(ask.wrapped("quota"))
    return show_quota(ask, project_id)


def delete_quota(ask: Request, project_id: str) -> ApiAnswer:
    """Give a project the default quotas again."""
    ask.region["network_quotas"].pop(project_id, None)
    return ApiAnswer(204)


ROUTES = (
    Route("GET", "/v2.0/extensions", list_extensions),
    Route("GET", "/v2.0/agents", list_agents, "admin", "rule:get_agent"),
    Route("GET", "/v2.0/quotas/{}", show_quota),
    Route("PUT", "/v2.0/quotas/{}", set_quota, "admin", "rule:update_quota"),
    Route("DELETE", "/v2.0/quotas/{}", delete_quota, "admin", "rule:delete_quota"),
)
