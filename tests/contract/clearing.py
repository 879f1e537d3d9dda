"""Taking a test's objects away again, level by level."""

from typing import TYPE_CHECKING, Any

from tests.contract.cloud import done, wait_until

if TYPE_CHECKING:
    from tests.contract.tenant import Tenant

Record = dict[str, Any]


def clear(tenant: "Tenant") -> None:
    if "servers" in tenant.made:
        _clear_servers(tenant)
    if tenant.made & {"volumes", "snapshots"}:
        _clear_volumes(tenant)
    if "images" in tenant.made:
        _clear_images(tenant)
    for kind in (
        "trunks",
        "floatingips",
        "routers",
        "ports",
        "networks",
        "qos_policies",
        "subnetpools",
        "address_groups",
        "address_scopes",
        "security_groups",
    ):
        if kind in tenant.made or (kind == "security_groups" and tenant.made):
            _clear_network_kind(tenant, kind)


def _clear_servers(tenant: "Tenant") -> None:
    path = f"/servers?all_tenants=1&project_id={tenant.project_id}"

    def gone() -> bool:
        left = done(tenant.admin.compute.get(path))["servers"]
        for server in left:
            tenant.admin.compute.delete(f"/servers/{server['id']}")
        return not left

    wait_until(gone, "the test's servers are gone")


def _clear_volumes(tenant: "Tenant") -> None:
    path = f"/volumes?all_tenants=1&project_id={tenant.project_id}"
    reset = {"os-reset_status": {"status": "available", "attach_status": "detached"}}

    def gone() -> bool:
        left = done(tenant.admin.volume.get(path))["volumes"]
        for volume in left:
            answer = tenant.admin.volume.delete(f"/volumes/{volume['id']}?cascade=true")
            status = (tenant.volume_now(volume) or {}).get("status")
            if answer.status_code == 400 and status not in {"deleting", None}:
                tenant.admin.volume.post(f"/volumes/{volume['id']}/action", json=reset)
        return not left

    wait_until(gone, "the test's volumes are gone")


def _clear_images(tenant: "Tenant") -> None:
    headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    bare = '[{"op": "replace", "path": "/protected", "value": false}]'
    for hidden in ("false", "true"):
        path = f"/images?owner={tenant.project_id}&visibility=all&os_hidden={hidden}"
        for image in done(tenant.admin.image.get(path))["images"]:
            tenant.admin.image.patch(f"/images/{image['id']}", data=bare, headers=headers)
            done(tenant.admin.image.delete(f"/images/{image['id']}"), 204)


def _clear_network_kind(tenant: "Tenant", kind: str) -> None:
    path = "/qos/policies" if kind == "qos_policies" else f"/{kind.replace('_', '-')}"
    key = "policies" if kind == "qos_policies" else kind
    # The list of security groups makes the default one where it is missing; it goes with the rest.
    for record in done(tenant.admin.network.get(f"{path}?tenant_id={tenant.project_id}&fields=id"))[key]:
        if kind == "routers":
            _disconnect(tenant, record)
        if kind == "floatingips":
            _drop_forwardings(tenant, record)
        tenant.admin.network.delete(f"{path}/{record['id']}")


def _disconnect(tenant: "Tenant", router: Record) -> None:
    tenant.admin.network.put(f"/routers/{router['id']}", json={"router": {"routes": []}})
    for port in done(tenant.admin.network.get(f"/ports?device_id={router['id']}"))["ports"]:
        if "interface" in port["device_owner"]:
            tenant.disconnect(router, port_id=port["id"])


def _drop_forwardings(tenant: "Tenant", floating: Record) -> None:
    path = f"/floatingips/{floating['id']}/port_forwardings"
    answer = tenant.admin.network.get(path)
    if answer.status_code == 200:
        for forwarding in answer.json()["port_forwardings"]:
            tenant.admin.network.delete(f"{path}/{forwarding['id']}")
