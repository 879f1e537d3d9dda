"""Images: owners, pages of 25, visibility, protection, members."""

import json

from tests.contract.cloud import done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}


def _patch(tenant: Tenant, image, **fields):
    steps = [{"op": "replace", "path": f"/{key}", "value": value} for key, value in fields.items()]
    return tenant.admin.image.patch(f"/images/{image['id']}", data=json.dumps(steps), headers=PATCH)


def _owned(tenant: Tenant, query: str = "&visibility=all") -> set[str]:
    return ids(done(tenant.admin.image.get(f"/images?owner={tenant.project_id}{query}"))["images"])


def test_an_image_shows_the_fields_reaper_reads(tenant: Tenant):
    image = tenant.image()
    wanted = {
        "id",
        "name",
        "owner",
        "visibility",
        "protected",
        "status",
        "size",
        "os_hidden",
        "created_at",
        "updated_at",
        "tags",
        "min_disk",
        "min_ram",
        "self",
        "file",
        "schema",
    }
    assert wanted <= set(image)
    assert (image["owner"], image["visibility"], image["status"]) == (tenant.project_id, "shared", "queued")


def test_an_admin_finds_a_projects_images_by_owner(tenant: Tenant):
    made = {tenant.image()["id"], tenant.image(visibility="private")["id"]}
    assert _owned(tenant) == made


def test_a_list_without_a_limit_ends_at_25_and_links_on(tenant: Tenant):
    made = {tenant.image()["id"] for _ in range(26)}
    body = done(tenant.admin.image.get(f"/images?owner={tenant.project_id}"))
    assert len(body["images"]) == 25
    assert body["next"].startswith("/v2/images?")
    walked = pages(tenant.admin.image, f"/images?owner={tenant.project_id}", "images")
    assert {image["id"] for page in walked for image in page} == made
    assert _owned(tenant, "&limit=1000") == made


def test_hidden_images_are_listed_only_to_who_asks(tenant: Tenant):
    image = tenant.image(os_hidden=True)
    assert _owned(tenant) == set()
    assert _owned(tenant, "&visibility=all&os_hidden=true") == {image["id"]}


def test_other_owners_community_images_are_listed_only_to_who_asks(tenant: Tenant, other: Tenant):
    image = tenant.image(visibility="community")
    assert image["id"] not in ids(done(other.member.image.get("/images?limit=1000"))["images"])
    assert image["id"] in ids(done(other.member.image.get("/images?visibility=community&limit=1000"))["images"])
    assert _owned(tenant, "") == set()
    assert _owned(tenant) == {image["id"]}


def test_a_protected_image_is_403_in_html_even_for_an_admin(tenant: Tenant):
    image = tenant.image(protected=True)
    answer = tenant.admin.image.delete(f"/images/{image['id']}")
    refused(answer, 403, f"Image {image['id']} is protected and cannot be deleted.")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert done(_patch(tenant, image, protected=False), 200)["protected"] is False
    done(tenant.admin.image.delete(f"/images/{image['id']}"), 204)
    refused(tenant.admin.image.get(f"/images/{image['id']}"), 404, f"No image found with ID {image['id']}")


def test_a_patch_needs_its_own_media_type(tenant: Tenant):
    answer = tenant.admin.image.patch(f"/images/{tenant.image()['id']}", json=[])
    refused(answer, 415, "The request media type application/json is not supported by this server.")
    assert "application/openstack-images-v2.1-json-patch" in answer.headers["Accept-Patch"]


def test_members_of_an_image_are_listed(tenant: Tenant, other: Tenant):
    image = tenant.image()
    done(tenant.member.image.post(f"/images/{image['id']}/members", json={"member": other.project_id}), 200)
    (member,) = done(tenant.admin.image.get(f"/images/{image['id']}/members"))["members"]
    assert (member["member_id"], member["image_id"], member["status"]) == (other.project_id, image["id"], "pending")
    done(tenant.admin.image.delete(f"/images/{image['id']}"), 204)


def test_a_shared_image_is_listed_to_a_member_who_accepted(tenant: Tenant, other: Tenant):
    image = tenant.image()
    done(tenant.member.image.post(f"/images/{image['id']}/members", json={"member": other.project_id}), 200)
    assert image["id"] not in ids(done(other.member.image.get("/images?limit=1000"))["images"])
    path = f"/images/{image['id']}/members/{other.project_id}"
    done(other.member.image.put(path, json={"status": "accepted"}), 200)
    assert image["id"] in ids(done(other.member.image.get("/images?limit=1000"))["images"])


def test_a_private_image_has_no_members(tenant: Tenant, other: Tenant):
    image = tenant.image(visibility="private")
    answer = tenant.admin.image.post(f"/images/{image['id']}/members", json={"member": other.project_id})
    refused(answer, 403, f"Not allowed to create members for image {image['id']}.")
    listed = tenant.admin.image.get(f"/images/{image['id']}/members")
    refused(listed, 403, f"Not allowed to list members for image {image['id']}: Only shared images have members.")


def test_another_projects_image_is_not_there_for_a_member(tenant: Tenant, other: Tenant):
    image = tenant.image()["id"]
    refused(other.member.image.get(f"/images/{image}"), 404, f"No image found with ID {image}")
    refused(other.member.image.delete(f"/images/{image}"), 404, f"Failed to find image {image} to delete")


def test_what_is_not_there_or_not_understood_is_refused(tenant: Tenant):
    refused(tenant.admin.image.get(f"/images/{NOWHERE}"), 404, f"No image found with ID {NOWHERE}")
    refused(tenant.admin.image.delete(f"/images/{NOWHERE}"), 404, f"Failed to find image {NOWHERE} to delete")
    refused(tenant.admin.image.get("/images?limit=x"), 400, "limit param must be an integer")
    refused(tenant.admin.image.get(f"/images?marker={NOWHERE}"), 400, f"No image found with ID {NOWHERE}")
    refused(tenant.admin.image.get("/images?visibility=bad"), 400, "Invalid visibility value: bad")


def test_an_uploaded_image_is_active_and_has_a_size(tenant: Tenant):
    image = tenant.image()
    headers = {"Content-Type": "application/octet-stream"}
    done(tenant.member.image.put(f"/images/{image['id']}/file", data=b"silly" * 100, headers=headers), 204)
    now = done(tenant.admin.image.get(f"/images/{image['id']}"))
    assert (now["status"], now["size"]) == ("active", 500)


def test_only_an_admin_by_glances_own_rule_lists_tasks(tenant: Tenant):
    assert done(tenant.admin.image.get("/tasks?limit=1"))["tasks"] == []
    assert tenant.member.image.get("/tasks?limit=1").status_code == 403
