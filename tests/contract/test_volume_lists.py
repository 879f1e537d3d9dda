"""Listing in Cinder: owners, pages, the project in the URL, microversions."""

import pytest

from tests.contract.cloud import Target, done, ids, pages, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def shelf(target: Target):
    """Two volumes and a snapshot that no test here changes."""
    tenant = Tenant(target)
    tenant.pair = [tenant.volume() for _ in range(2)]
    tenant.copy = tenant.snapshot(tenant.pair[0])
    yield tenant
    tenant.remove()


@pytest.mark.parametrize(
    ("kind", "owner"),
    [("volumes", "os-vol-tenant-attr:tenant_id"), ("snapshots", "os-extended-snapshot-attributes:project_id")],
)
def test_an_admin_lists_one_projects_by_all_tenants_and_project_id(shelf: Tenant, kind: str, owner: str):
    listed = done(shelf.admin.volume.get(f"/{kind}/detail?all_tenants=1&project_id={shelf.project_id}"))[kind]
    assert ids(listed) == (ids(shelf.pair) if kind == "volumes" else {shelf.copy["id"]})
    assert {record[owner] for record in listed} == {shelf.project_id}


@pytest.mark.parametrize("kind", ["volumes", "snapshots"])
def test_without_all_tenants_the_callers_own_project_is_listed(shelf: Tenant, kind: str):
    listed = done(shelf.admin.volume.get(f"/{kind}/detail?project_id={shelf.project_id}"))[kind]
    assert not ids(listed) & (ids(shelf.pair) | {shelf.copy["id"]})


@pytest.mark.parametrize("kind", ["volumes", "snapshots"])
def test_a_members_all_tenants_is_ignored(shelf: Tenant, other: Tenant, kind: str):
    other.volume()
    listed = done(shelf.member.volume.get(f"/{kind}/detail?all_tenants=1"))[kind]
    assert ids(listed) == (ids(shelf.pair) if kind == "volumes" else {shelf.copy["id"]})


def test_pages_are_linked_and_complete(shelf: Tenant):
    path = f"/volumes?all_tenants=1&project_id={shelf.project_id}&limit=1"
    walked = pages(shelf.admin.volume, path, "volumes")
    assert {volume["id"] for page in walked for volume in page} == ids(shelf.pair)
    assert [len(page) for page in walked[:2]] == [1, 1]


def test_bad_paging_is_refused(shelf: Tenant):
    refused(shelf.admin.volume.get("/volumes?limit=x"), 400, "limit param must be an integer")
    refused(shelf.admin.volume.get(f"/volumes?marker={NOWHERE}"), 404, f"Volume {NOWHERE} could not be found.")


def test_an_unknown_filter_is_ignored(shelf: Tenant):
    done(shelf.admin.volume.get("/volumes?nonsense=1"))


def test_a_volume_shows_the_fields_reaper_reads(shelf: Tenant):
    volume = shelf.volume_now(shelf.pair[0])
    wanted = {
        "id",
        "name",
        "status",
        "size",
        "created_at",
        "updated_at",
        "attachments",
        "bootable",
        "multiattach",
        "snapshot_id",
        "source_volid",
        "metadata",
        "user_id",
        "consistencygroup_id",
        "os-vol-tenant-attr:tenant_id",
        "migration_status",
        "availability_zone",
        "volume_type",
        "encrypted",
    }
    assert wanted <= set(volume), wanted - set(volume)
    assert (volume["status"], volume["size"], volume["attachments"]) == ("available", 1, [])
    assert len(volume["created_at"]) == len("2026-01-01T00:00:00.000000")


def test_a_snapshot_shows_the_fields_reaper_reads(shelf: Tenant):
    snapshot = done(shelf.admin.volume.get(f"/snapshots/{shelf.copy['id']}"))["snapshot"]
    wanted = {"id", "name", "status", "size", "volume_id", "created_at", "os-extended-snapshot-attributes:project_id"}
    assert wanted <= set(snapshot)
    assert snapshot["volume_id"] == shelf.pair[0]["id"]


@pytest.mark.parametrize(("kind", "word"), [("volumes", "Volume"), ("snapshots", "Snapshot")])
def test_what_is_not_there_is_404(shelf: Tenant, kind: str, word: str):
    refused(shelf.admin.volume.get(f"/{kind}/{NOWHERE}"), 404, f"{word} {NOWHERE} could not be found.")
    refused(shelf.admin.volume.delete(f"/{kind}/{NOWHERE}"), 404, f"{word} {NOWHERE} could not be found.")


def test_another_projects_volume_is_404_for_a_member(shelf: Tenant, other: Tenant):
    volume = shelf.pair[0]["id"]
    refused(other.member.volume.get(f"/volumes/{volume}"), 404, f"Volume {volume} could not be found.")


def _root(shelf: Tenant) -> str:
    endpoint = shelf.member.volume.get_endpoint().rstrip("/")
    return endpoint.removesuffix(f"/{shelf.project_id}")


def test_the_url_may_name_ones_own_project_and_no_other(shelf: Tenant):
    session = shelf.member.session
    own = session.get(f"{_root(shelf)}/{shelf.project_id}/volumes", raise_exc=False)
    assert ids(done(own)["volumes"]) == ids(shelf.pair)
    refused(session.get(f"{_root(shelf)}/{'0' * 32}/volumes", raise_exc=False), 400, "Malformed request url")


def test_the_url_need_not_name_a_project(shelf: Tenant):
    listed = shelf.member.session.get(f"{_root(shelf)}/volumes", raise_exc=False)
    assert ids(done(listed)["volumes"]) == ids(shelf.pair)


@pytest.mark.parametrize("version", ["3.999", "2.0"])
def test_a_microversion_that_is_not_offered_is_406(shelf: Tenant, version: str):
    answer = shelf.admin.volume.get("/volumes", headers={"OpenStack-API-Version": f"volume {version}"})
    refused(answer, 406, f"Version {version} is not supported by the API. Minimum is 3.0 and maximum is 3.")


def test_the_microversion_in_force_is_told(shelf: Tenant):
    assert shelf.admin.volume.get("/volumes").headers["OpenStack-API-Version"] == "volume 3.0"
    newer = shelf.admin.volume.get("/volumes", headers={"OpenStack-API-Version": "volume 3.23"})
    assert newer.headers["OpenStack-API-Version"] == "volume 3.23"
