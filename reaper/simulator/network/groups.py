"""Security groups and rules, and the default group that looking brings back."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.records import (
    GROUP,
    RULE,
    deny,
    fields_of,
    find,
    keep,
    list_kind,
    owner_given,
    refuse_stubborn,
    show_one,
    touch,
)
from reaper.simulator.state import Region


def new_group(region: Region, project_id: str, name: str, description: str = "") -> Record:
    """Make a security group with the two rules every one is born with."""
    group = keep(
        region,
        GROUP,
        project_id,
        name=name,
        description=description,
        stateful=True,
        shared=False,
        security_group_rules=[],
    )
    for ethertype in ("IPv4", "IPv6"):
        new_rule(region, group, direction="egress", ethertype=ethertype)
    return group


def new_rule(region: Region, group: Record, **given: object) -> Record:
    """Add a rule to a group."""
    rule = keep(
        region,
        RULE,
        group["project_id"],
        **(
            {
                "security_group_id": group["id"],
                "ethertype": "IPv4",
                "direction": "ingress",
                "protocol": None,
                "port_range_min": None,
                "port_range_max": None,
                "remote_ip_prefix": None,
                "remote_group_id": None,
                "remote_address_group_id": None,
                "normalized_cidr": None,
                "description": None,
                "belongs_to_default_sg": None,
                "standard_attr_id": len(region["security_groups"]) + len(group["security_group_rules"]),
            }
            | given
        ),
    )
    del rule["name"]
    group["security_group_rules"] = [*group["security_group_rules"], rule]
    return rule


def default_group(region: Region, project_id: str) -> Record:
    """Give a project's default group; made when it is not there, whoever asks."""
    for group in region.where("security_groups", project_id=project_id, name="default"):
        return group
    group = new_group(region, project_id, "default", "Default security group")
    for ethertype in ("IPv4", "IPv6"):
        new_rule(region, group, direction="ingress", ethertype=ethertype, remote_group_id=group["id"])
    return group


def _looking_makes_default(ask: Request) -> None:
    # securitygroups_db.get_security_groups: any list makes the default group of the project asked for, or of one's
    # own; `fields=id` does not help (measured).
    # Of several projects asked for, only the first one's: the plugin reads `filters["tenant_id"][0]`.
    owner = next((value for key, value in ask.query if key in ("project_id", "tenant_id")), ask.project_id)
    if owner and (ask.admin or owner == ask.project_id):
        default_group(ask.region, owner)


def list_groups(ask: Request) -> ApiAnswer:
    """List security groups; this makes a default group where there is none."""
    _looking_makes_default(ask)
    return list_kind(ask, GROUP)


def create_group(ask: Request) -> ApiAnswer:
    """Make a security group."""
    given = ask.wrapped("security_group")
    owner = owner_given(ask, given)
    if given.get("name") == "default":
        deny(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
    default_group(ask.region, owner)
    group = new_group(ask.region, owner, given.get("name", ""), given.get("description", ""))
    return show_one(ask, GROUP, group, 201)


def show_group(ask: Request, group_id: str) -> ApiAnswer:
    """Show a security group."""
    return show_one(ask, GROUP, find(ask, GROUP, group_id))


def update_group(ask: Request, group_id: str) -> ApiAnswer:
    """Change a security group."""
    group = find(ask, GROUP, group_id, changing="update_security_group")
    touch(ask.region, group, **ask.wrapped("security_group"))
    return show_one(ask, GROUP, group)


def delete_group(ask: Request, group_id: str) -> ApiAnswer:
    """Delete a group that is on no port, with its rules and the rules elsewhere that name it."""
    group = find(ask, GROUP, group_id, changing="delete_security_group")
    refuse_stubborn(ask, group_id)
    if any(group_id in port["security_groups"] for port in ask.region["ports"].values()):
        deny(409, "SecurityGroupInUse", f"Security Group {group_id} in use.")
    if group["name"] == "default" and not ask.admin:
        deny(409, "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.")
    del ask.region["security_groups"][group_id]
    for rule in list(ask.region["security_group_rules"].values()):
        if group_id in {rule["security_group_id"], rule["remote_group_id"]}:
            _drop_rule(ask.region, rule)
    return ApiAnswer(204)


def _drop_rule(region: Region, rule: Record) -> None:
    del region["security_group_rules"][rule["id"]]
    group = region["security_groups"].get(rule["security_group_id"])
    if group is not None:
        group["security_group_rules"] = [one for one in group["security_group_rules"] if one["id"] != rule["id"]]


def list_rules(ask: Request) -> ApiAnswer:
    """List rules; this, too, makes a default group where there is none."""
    _looking_makes_default(ask)
    return list_kind(ask, RULE)


def create_rule(ask: Request) -> ApiAnswer:
    """Add a rule to a group."""
    given = ask.wrapped("security_group_rule")
    group = find(ask, GROUP, str(given.get("security_group_id")))
    rule = new_rule(
        ask.region, group, **{key: value for key, value in given.items() if key not in {"project_id", "tenant_id"}}
    )
    return ApiAnswer(201, {RULE.one: fields_of(ask, rule)})


def show_rule(ask: Request, rule_id: str) -> ApiAnswer:
    """Show a rule."""
    return show_one(ask, RULE, find(ask, RULE, rule_id))


def delete_rule(ask: Request, rule_id: str) -> ApiAnswer:
    """Delete a rule."""
    _drop_rule(ask.region, find(ask, RULE, rule_id, changing="delete_security_group_rule"))
    return ApiAnswer(204)


ROUTES = (
    Route("GET", GROUP.path, list_groups),
    Route("POST", GROUP.path, create_group),
    Route("GET", GROUP.path + "/{}", show_group),
    Route("PUT", GROUP.path + "/{}", update_group),
    Route("DELETE", GROUP.path + "/{}", delete_group),
    Route("GET", RULE.path, list_rules),
    Route("POST", RULE.path, create_rule),
    Route("GET", RULE.path + "/{}", show_rule),
    Route("DELETE", RULE.path + "/{}", delete_rule),
)
