"""Server groups, keypairs and volumes on servers."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFh2bm9uZW5vbmVub25lbm9uZW5vbmVub25lbm9uZW5v silly"


def test_an_admin_lists_server_groups_of_all_projects_with_their_owner(tenant: Tenant):
    body = {"server_group": {"name": f"{tenant.name}-g", "policies": ["anti-affinity"]}}
    group = done(tenant.member.compute.post("/os-server-groups", json=body))["server_group"]
    plain = done(tenant.admin.compute.get("/os-server-groups?all_projects=1"))["server_groups"]
    assert "project_id" not in next(one for one in plain if one["id"] == group["id"])
    owned = done(tenant.admin.compute.get("/os-server-groups?all_projects=1", microversion="2.13"))["server_groups"]
    assert next(one for one in owned if one["id"] == group["id"])["project_id"] == tenant.project_id
    done(tenant.admin.compute.delete(f"/os-server-groups/{group['id']}"), 204)
    assert tenant.admin.compute.get(f"/os-server-groups/{group['id']}").status_code == 404


def test_a_server_group_with_members_is_deleted(tenant: Tenant):
    body = {"server_group": {"name": f"{tenant.name}-g", "policies": ["anti-affinity"]}}
    group = done(tenant.member.compute.post("/os-server-groups", json=body))["server_group"]
    network = tenant.network()
    tenant.subnet(network)
    flavor = done(tenant.member.compute.get("/flavors"))["flavors"][0]["id"]
    image = done(tenant.member.image.get("/images?visibility=public"))["images"][0]["id"]
    tenant.made.add("servers")
    server = {"name": tenant.name, "flavorRef": flavor, "imageRef": image, "networks": [{"uuid": network["id"]}]}
    body = {"server": server, "os:scheduler_hints": {"group": group["id"]}}
    made = done(tenant.member.compute.post("/servers", json=body), 202)["server"]
    tenant.server_in(made, "ACTIVE")
    assert done(tenant.admin.compute.get(f"/os-server-groups/{group['id']}"))["server_group"]["members"] == [made["id"]]
    done(tenant.admin.compute.delete(f"/os-server-groups/{group['id']}"), 204)


def test_keypairs_belong_to_a_user_and_an_admin_asks_by_user(tenant: Tenant):
    body = {"keypair": {"name": f"{tenant.name}-k", "public_key": KEY}}
    done(tenant.member.compute.post("/os-keypairs", json=body), 200, 201)
    path = f"?user_id={tenant.user_id}"
    listed = done(tenant.admin.compute.get(f"/os-keypairs{path}", microversion="2.10"))["keypairs"]
    assert [one["keypair"]["name"] for one in listed] == [f"{tenant.name}-k"]
    own = done(tenant.admin.compute.get("/os-keypairs"))["keypairs"]
    assert f"{tenant.name}-k" not in [one["keypair"]["name"] for one in own]
    done(tenant.admin.compute.delete(f"/os-keypairs/{tenant.name}-k{path}", microversion="2.10"), 204)


def test_an_attached_volume_is_listed_on_the_server_and_set_free_with_it(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    server, volume = tenant.server(network), tenant.volume()
    tenant.attach(server, volume)
    attached = done(tenant.admin.compute.get(f"/servers/{server['id']}/os-volume_attachments"))["volumeAttachments"]
    assert [one["volumeId"] for one in attached] == [volume["id"]]
    assert tenant.server_now(server)["os-extended-volumes:volumes_attached"][0]["id"] == volume["id"]
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
    assert tenant.volume_in(volume, "available")["attachments"] == []


def test_a_volume_is_detached(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    server, volume = tenant.server(network), tenant.volume()
    tenant.attach(server, volume)
    done(tenant.admin.compute.delete(f"/servers/{server['id']}/os-volume_attachments/{volume['id']}"), 202)
    tenant.volume_in(volume, "available")


def test_a_volume_that_is_not_available_is_not_attached(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    first, volume = tenant.server(network), tenant.volume()
    tenant.attach(first, volume)
    second = tenant.server(network)
    answer = tenant.member.compute.post(
        f"/servers/{second['id']}/os-volume_attachments", json={"volumeAttachment": {"volumeId": volume["id"]}}
    )
    refused(answer, 400, "")
