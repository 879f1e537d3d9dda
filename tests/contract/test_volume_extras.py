"""Transfers, and the lists of backups and groups."""

import pytest

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-4000-8000-000000000000"
WAITING = "Invalid volume: Volume status must be available or error"


def test_a_volume_offered_to_another_project_stays_until_the_offer_ends(tenant: Tenant):
    volume = tenant.volume()
    body = {"transfer": {"volume_id": volume["id"], "name": tenant.name}}
    transfer = done(tenant.member.volume.post("/os-volume-transfer", json=body), 202)["transfer"]
    assert tenant.volume_now(volume)["status"] == "awaiting-transfer"
    refused(tenant.admin.volume.delete(f"/volumes/{volume['id']}"), 400, WAITING)
    listed = done(tenant.admin.volume.get("/os-volume-transfer/detail?all_tenants=1"))["transfers"]
    (one,) = [each for each in listed if each["id"] == transfer["id"]]
    assert one["volume_id"] == volume["id"]
    done(tenant.admin.volume.delete(f"/os-volume-transfer/{transfer['id']}"), 202)
    tenant.volume_in(volume, "available")
    done(tenant.admin.volume.delete(f"/volumes/{volume['id']}"), 202)
    tenant.volume_gone(volume)


@pytest.mark.parametrize(
    ("path", "key", "version"),
    [
        ("/backups/detail", "backups", "3.18"),
        ("/groups/detail", "groups", "3.13"),
        ("/os-volume-transfer/detail", "transfers", "3.0"),
        ("/attachments", "attachments", "3.27"),
    ],
)
def test_an_admin_lists_everybodys(tenant: Tenant, path: str, key: str, version: str):
    listed = done(tenant.admin.volume.get(f"{path}?all_tenants=1", microversion=version))
    assert isinstance(listed[key], list)


@pytest.mark.parametrize(("path", "word"), [("/backups", "Backup"), ("/os-volume-transfer", "Transfer")])
def test_what_is_not_there_is_404(tenant: Tenant, path: str, word: str):
    refused(tenant.admin.volume.delete(f"{path}/{NOWHERE}"), 404, f"{word} {NOWHERE} could not be found.")


def test_a_group_that_is_not_there_is_404(tenant: Tenant):
    body = {"delete": {"delete-volumes": True}}
    answer = tenant.admin.volume.post(f"/groups/{NOWHERE}/action", json=body, microversion="3.13")
    refused(answer, 404, f"Group {NOWHERE} could not be found.")


def test_groups_need_their_microversion(tenant: Tenant):
    assert tenant.admin.volume.get("/groups/detail", microversion="3.0").status_code == 404


def test_only_an_admin_by_cinders_own_rule_lists_its_processes(tenant: Tenant):
    found = done(tenant.admin.volume.get("/os-services"))["services"]
    assert "cinder-volume" in {one["binary"] for one in found}
    assert tenant.member.volume.get("/os-services").status_code == 403
