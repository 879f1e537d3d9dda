"""What Cinder and Glance say: lists with pages, refusals, deletes that take their time, quota."""

from __future__ import annotations

from tests.truth.teller import NOWHERE, Teller


def volumes(teller: Teller) -> None:
    """A volume with a snapshot, alone and in lists."""
    tenant = teller.tenant
    volume = teller.call("volume", tenant.volume())
    snapshot = teller.call("snapshot", tenant.snapshot(volume))
    mine = f"all_tenants=1&project_id={tenant.project_id}"
    teller.ask("a volume", "volume", f"/volumes/{volume['id']}")
    teller.ask("volumes of a project", "volume", f"/volumes?{mine}")
    teller.ask("volumes in detail", "volume", f"/volumes/detail?{mine}")
    teller.ask("a snapshot", "volume", f"/snapshots/{snapshot['id']}")
    teller.ask("snapshots in detail", "volume", f"/snapshots/detail?{mine}")
    teller.ask("volumes of nobody", "volume", f"/volumes/detail?all_tenants=1&project_id={'0' * 32}")
    teller.ask("a volume with snapshots", "volume", f"/volumes/{volume['id']}", "DELETE")
    teller.ask("no such volume", "volume", f"/volumes/{NOWHERE}")
    teller.ask("no such snapshot", "volume", f"/snapshots/{NOWHERE}", "DELETE")
    teller.ask("another's volume", "volume", f"/volumes/{volume['id']}", face=teller.other.member)
    teller.ask("a filter that it does not know", "volume", f"/volumes?{mine}&nonsense=1", microversion="3.59")


def pages_of_volumes(teller: Teller) -> None:
    """Two pages of one volume each, a third that is empty, and a marker that is gone."""
    for _ in range(2):
        teller.tenant.volume()
    path = f"/volumes?all_tenants=1&project_id={teller.tenant.project_id}&limit=1"
    first = teller.ask("first page", "volume", path)["volumes"][0]["id"]
    second = teller.ask("second page", "volume", f"{path}&marker={first}")["volumes"][0]["id"]
    teller.ask("third page", "volume", f"{path}&marker={second}")
    teller.ask("a marker that is gone", "volume", f"{path}&marker={NOWHERE}")


def a_volume_goes(teller: Teller) -> None:
    """Accepted, seen on its way, asked again, gone."""
    volume = teller.call("volume", teller.tenant.volume())
    path = f"/volumes/{volume['id']}"
    with teller.cloud.hold("volume", volume["id"]):
        teller.ask("delete", "volume", path, "DELETE")
        teller.ask("on its way", "volume", path)
        teller.ask("delete again", "volume", path, "DELETE")
    teller.tenant.volume_gone(volume)
    teller.ask("gone", "volume", path)
    teller.ask("delete what is gone", "volume", path, "DELETE")


def an_attached_volume(teller: Teller) -> None:
    """Refused while a server has it."""
    tenant = teller.tenant
    network = teller.call("network", tenant.network())
    teller.call("subnet", tenant.subnet(network))
    server = teller.call("server", tenant.server(network))
    volume = teller.call("volume", tenant.volume())
    tenant.attach(server, volume)
    path = f"/volumes/{volume['id']}"
    teller.ask("delete", "volume", path, "DELETE")
    teller.ask("delete with all", "volume", f"{path}?cascade=true", "DELETE")
    teller.ask("delete by force", "volume", f"{path}/action", "POST", json={"os-force_delete": {}})
    teller.ask("an attached volume", "volume", path)


def images(teller: Teller) -> None:
    """A protected image, pages, and what is not there."""
    tenant = teller.tenant
    image = teller.call("image", tenant.image(protected=True))
    path = f"/images/{image['id']}"
    teller.ask("an image", "image", path)
    teller.ask("a protected image", "image", path, "DELETE")
    mine = f"/images?owner={tenant.project_id}&visibility=all&limit=1"
    teller.ask("first page", "image", mine)
    teller.ask("second page", "image", f"{mine}&marker={image['id']}")
    teller.ask("a marker that is gone", "image", f"{mine}&marker={NOWHERE}")
    teller.ask("no such image", "image", f"/images/{NOWHERE}", "DELETE")
    teller.ask("another's image", "image", path, face=teller.other.member)
    teller.ask("members", "image", f"{path}/members")
    patch = [{"op": "replace", "path": "/protected", "value": False}]
    headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    teller.ask("no longer protected", "image", path, "PATCH", json=patch, headers=headers)
    teller.ask("delete", "image", path, "DELETE")


def quota(teller: Teller) -> None:
    """What a project may have, and what it has of it."""
    teller.ask("quota", "volume", f"/os-quota-sets/{teller.tenant.project_id}")
    teller.ask("quota and use", "volume", f"/os-quota-sets/{teller.tenant.project_id}?usage=true")


STORIES = (volumes, pages_of_volumes, a_volume_goes, an_attached_volume, images, quota)
