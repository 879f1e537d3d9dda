"""How one resource is asked to go, where that is more than a DELETE of its own address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from reaper.cloud import stale_ports
from reaper.cloud.client import Client, WritingClient
from reaper.errors import Gone, Refused, Temporary
from reaper.kinds import BY_NAME
from reaper.model import Resource

Remove = Callable[[WritingClient, Resource, str], None]  # with the path of the kind's items


def plainly(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it."""
    client.delete(BY_NAME[resource.kind].service, resource.region, f"{path}/{resource.id}")


def server(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; one that is soft-deleted already still holds its ports until it is deleted by force."""
    if resource.status == "SOFT_DELETED":
        client.post("compute", resource.region, f"{path}/{resource.id}/action", {"forceDelete": None})
    else:
        plainly(client, resource, path)


def router_interface(client: WritingClient, resource: Resource, _path: str) -> None:
    """Take it out of its router, which deletes the port. By port, so that it works when the subnet is gone.

    Without the router it is a port like others: Neutron refuses to delete it as one as long as there is the router.
    """
    router = resource.facts.get("router_id")
    if not router:  # a stale row, or a port that calls itself so: Neutron lets it go as it finds no router
        client.delete("network", resource.region, f"/ports/{resource.id}")
        return
    try:
        client.put("network", resource.region, f"/routers/{router}/remove_router_interface", {"port_id": resource.id})
    except Gone:
        client.delete("network", resource.region, f"/ports/{resource.id}")


def network(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it with its subnets, unless others use it by right; ports that nobody has, and that hold it, go first."""
    for fact, words in (("shared", "shared with other projects"), ("external", "an external network")):
        if resource.facts.get(fact) is not False:
            raise Refused(f"{resource} is {words}, or that is not known: it is not touched")
    try:
        plainly(client, resource, path)
    except Refused:
        if not stale_ports.remove_from(client, resource):
            raise
        plainly(client, resource, path)


def port_forwarding(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it, below the floating IP it belongs to."""
    floating = resource.facts.get("floating_ip_id")
    client.delete("network", resource.region, f"{path}/{floating}/port_forwardings/{resource.id}")


def load_balancer(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it with all its listeners, pools and members."""
    client.delete("load-balancer", resource.region, f"{path}/{resource.id}", {"cascade": "true"})


def stack(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it; its address holds its name, without which Heat answers with another address."""
    client.delete("orchestration", resource.region, f"{path}/{quote(resource.name, safe='')}/{resource.id}")


def unless_shared(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it, unless everybody may use it."""
    if resource.facts.get("shared") is not False:
        raise Refused(f"{resource} is shared with other projects, or that is not known: it is not touched")
    plainly(client, resource, path)


def image(client: WritingClient, resource: Resource, path: str) -> None:
    """DELETE it, unless it is protected or others have it.

    Glance makes images `shared` by default, which says nothing until somebody is a member: so the members are read,
    unless the listing did so just before.
    """
    if resource.facts.get("protected") is not False:
        raise Refused(f"{resource} is protected, or that is not known: it is not touched")
    visibility = resource.facts.get("visibility")
    if visibility not in {"private", "shared"}:
        raise Refused(f"{resource} is {visibility or 'of unknown visibility'}, others may use it: it is not touched")
    if visibility == "shared":
        members = resource.facts.get("members")
        if members is None:
            members = count_members(client, resource.region, resource.id)
        if members != 0:
            raise Refused(f"{resource} is shared with {members} other projects: it is not touched")
    plainly(client, resource, path)


def count_members(client: Client, region: str, image_id: str) -> int:
    """Count the projects that were given an image.

    Raises:
        ReaperError: Glance does not say.
    """
    answer = client.get("image", region, f"/images/{image_id}/members")
    members = answer.get("members") if isinstance(answer, Mapping) else None
    if not isinstance(members, list):
        raise Temporary(f"image {image_id}: the answer has no list of members")
    return len(members)
