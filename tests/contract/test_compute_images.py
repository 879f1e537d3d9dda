"""Images of servers: who asks owns them, whose server it was is a member, and which servers have none."""

import pytest

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

MARK = {"silly_mark": "silly-47"}


def _booted(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    return tenant.server(network)


def _image(tenant: Tenant, server, face=None):
    told = done(tenant.act(server, {"createImage": {"name": "put-aside", "metadata": MARK}}, face, "2.45"), 202)
    return done(tenant.admin.image.get(f"/images/{told['image_id']}"))


@pytest.fixture
def admins_image(tenant: Tenant):
    server = _booted(tenant)
    image = _image(tenant, server)
    yield server, image
    tenant.admin.image.delete(f"/images/{image['id']}")  # what a snapshot that failed has left may be gone already


def test_an_image_that_an_admin_makes_is_the_admins_and_the_tenant_is_a_member(tenant: Tenant, admins_image):
    server, image = admins_image
    assert image["owner"] == tenant.target.admin_project
    assert (image["visibility"], image["protected"]) == ("shared", False)
    assert (image["instance_uuid"], image["image_type"]) == (server["id"], "snapshot")
    assert image["silly_mark"] == "silly-47"
    members = done(tenant.admin.image.get(f"/images/{image['id']}/members"))["members"]
    assert [member["member_id"] for member in members] == [tenant.project_id]


def test_an_image_is_found_by_a_property_of_its_own(tenant: Tenant, admins_image):
    _, image = admins_image
    query = f"/images?owner={tenant.target.admin_project}&silly_mark="
    assert image["id"] in {one["id"] for one in done(tenant.admin.image.get(query + "silly-47"))["images"]}
    assert done(tenant.admin.image.get(query + "no-such-mark"))["images"] == []


def test_an_image_that_its_people_make_is_theirs_alone(tenant: Tenant):
    image = _image(tenant, _booted(tenant), tenant.member)
    assert (image["owner"], image["visibility"]) == (tenant.project_id, "private")
    tenant.admin.image.delete(f"/images/{image['id']}")


def test_a_server_in_error_has_no_image(tenant: Tenant):
    server = _booted(tenant)
    done(tenant.act(server, {"os-resetState": {"state": "error"}}), 202)
    words = f"Cannot 'createImage' instance {server['id']} while it is in vm_state error"
    refused(tenant.act(server, {"createImage": {"name": "never"}}), 409, words)


def test_a_locked_server_has_an_image_all_the_same(tenant: Tenant):
    server = _booted(tenant)
    done(tenant.act(server, {"lock": None}), 202)
    image = _image(tenant, server)
    assert image["owner"] == tenant.target.admin_project
    tenant.admin.image.delete(f"/images/{image['id']}")
