"""RBAC policies: networks and other things shared with some or all projects."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.records import RecordKind, deny, find, keep, list_kind, refuse_stubborn, show_one
from reaper.simulator.state import Region

RBAC = RecordKind(
    "rbac_policies", "rbac_policy", "RbacPolicyNotFound", "RBAC policy of type unknown with ID {} not found"
)
SHARED = {
    "network": "networks",
    "qos_policy": "qos_policies",
    "security_group": "security_groups",
    "address_group": "address_groups",
    "address_scope": "address_scopes",
    "subnetpool": "subnetpools",
}


def share(region: Region, record: Record, target: str, action: str, kind: str = "network") -> Record:
    """Share a record with one project, or with all by `*`."""
    policy = keep(
        region,
        RBAC,
        record["project_id"],
        action=action,
        object_id=record["id"],
        target_tenant=target,
        object_type=kind,
    )
    for key in ("name", "description", "tags", "revision_number", "created_at", "updated_at"):
        del policy[key]
    _reckon(region, record)
    return policy


def _reckon(region: Region, record: Record) -> None:
    targets = {
        policy["target_tenant"]
        for policy in region.where("rbac_policies", object_id=record["id"], action="access_as_shared")
    }
    record["shared"] = "*" in targets
    record["_shared_with"] = targets - {"*"}


def _object(ask: Request, kind: str, object_id: str) -> Record:
    record = ask.region[SHARED.get(kind, kind)].get(object_id)
    if record is None or not (ask.admin or record["project_id"] == ask.project_id):
        deny(404, "RbacObjectNotFound", f"Resource {object_id} of type {kind} could not be found.")
    return record


def list_policies(ask: Request) -> ApiAnswer:
    """List RBAC policies; those that make networks shared or external are among them."""
    return list_kind(ask, RBAC)


def create_policy(ask: Request) -> ApiAnswer:
    """Share something of one's own."""
    given = ask.wrapped("rbac_policy")
    kind = str(given.get("object_type"))
    record = _object(ask, kind, str(given.get("object_id")))
    return show_one(ask, RBAC, share(ask.region, record, given["target_tenant"], given["action"], kind), 201)


def show_policy(ask: Request, policy_id: str) -> ApiAnswer:
    """Show an RBAC policy."""
    return show_one(ask, RBAC, find(ask, RBAC, policy_id))


def _users(region: Region, policy: Record, owner: str) -> bool:
    """Say whether projects other than the owner live on a network because of a policy."""
    for port in region.where("ports", network_id=policy["object_id"]):
        tenant = port["project_id"]
        if tenant and tenant != owner and policy["target_tenant"] in {"*", tenant}:
            return True
    return False


def delete_policy(ask: Request, policy_id: str) -> ApiAnswer:
    """Stop sharing; while another project has a port on the network this is refused."""
    policy = find(ask, RBAC, policy_id, changing="delete_rbac_policy")
    refuse_stubborn(ask, policy_id)
    if policy["action"] == "access_as_shared" and _users(ask.region, policy, policy["project_id"]):
        message = (
            f"RBAC policy on object {policy['object_id']} cannot be removed because other objects depend on it.\n"
            "Details: Callback neutron.plugins.ml2.plugin.NeutronDbPluginV2.validate_network_rbac_policy_change failed "
            f'with "Unable to reconfigure sharing settings for network {policy["object_id"]}. Multiple projects are '
            'using it."'
        )
        deny(409, "RbacPolicyInUse", message)
    del ask.region["rbac_policies"][policy_id]
    record = ask.region[SHARED[policy["object_type"]]].get(policy["object_id"])
    if record is not None:
        _reckon(ask.region, record)
    return ApiAnswer(204)


ROUTES = (
    Route("GET", RBAC.path, list_policies),
    Route("POST", RBAC.path, create_policy),
    Route("GET", RBAC.path + "/{}", show_policy),
    Route("DELETE", RBAC.path + "/{}", delete_policy),
)
