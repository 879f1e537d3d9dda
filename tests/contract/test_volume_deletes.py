"""What Cinder refuses to delete (400, never 409), cascade, force, and the ways out of stuck states."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant

REST = (
    "must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from "
    "snapshots after volume transfer."
)
STATUS = "Invalid volume: Volume status must be available or error or error_restoring or "
STATUS += "error_extending or error_managing and "
SNAPSHOT = "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."


def _attached(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    server, volume = tenant.server(network), tenant.volume()
    tenant.attach(server, volume)
    return server, volume


def test_a_delete_is_asynchronous(tenant: Tenant):
    volume = tenant.volume()
    done(tenant.admin.volume.delete(f"/volumes/{volume['id']}"), 202)
    tenant.volume_gone(volume)
    words = f"Volume {volume['id']} could not be found."
    refused(tenant.admin.volume.delete(f"/volumes/{volume['id']}"), 404, words)


def test_an_attached_volume_stays_whatever_is_asked(tenant: Tenant):
    server, volume = _attached(tenant)
    path = f"/volumes/{volume['id']}"
    refused(tenant.admin.volume.delete(path), 400, STATUS + REST)
    refused(tenant.admin.volume.delete(f"{path}?cascade=true"), 400, STATUS + REST)
    forced = tenant.admin.volume.delete(f"{path}?force=true", microversion="3.23")
    refused(forced, 400, f"Invalid volume: Volume  {REST}")
    (attachment,) = tenant.volume_now(volume)["attachments"]
    assert (attachment["server_id"], attachment["volume_id"]) == (server["id"], volume["id"])
    assert {"attachment_id", "device", "host_name", "attached_at"} <= set(attachment)


def test_a_volume_with_snapshots_goes_only_by_cascade(tenant: Tenant):
    volume = tenant.volume()
    snapshot = tenant.snapshot(volume)
    path = f"/volumes/{volume['id']}"
    refused(tenant.admin.volume.delete(path), 400, STATUS + REST)
    done(tenant.admin.volume.delete(f"{path}?cascade=true"), 202)
    tenant.volume_gone(volume)
    tenant.snapshot_gone(snapshot)


def test_a_snapshot_of_an_attached_volume_needs_force_and_goes(tenant: Tenant):
    _, volume = _attached(tenant)
    given = {"volume_id": volume["id"], "name": "no-force"}
    answer = tenant.member.volume.post("/snapshots", json={"snapshot": given})
    words = f"Invalid volume: Volume {volume['id']} status must be available, but current status is: in-use."
    refused(answer, 400, words)
    snapshot = tenant.snapshot(volume, force=True)
    done(tenant.admin.volume.delete(f"/snapshots/{snapshot['id']}"), 202)
    tenant.snapshot_gone(snapshot)


def test_a_snapshot_that_is_going_is_400_or_gone(tenant: Tenant):
    snapshot = tenant.snapshot(tenant.volume())
    path = f"/snapshots/{snapshot['id']}"
    done(tenant.admin.volume.delete(path), 202)
    again = tenant.admin.volume.delete(path)
    if again.status_code != 404:
        refused(again, 400, SNAPSHOT)
    tenant.snapshot_gone(snapshot)


def _reset(tenant: Tenant, volume, status: str) -> None:
    body = {"os-reset_status": {"status": status}}
    done(tenant.admin.volume.post(f"/volumes/{volume['id']}/action", json=body), 202)


def test_error_deleting_is_stuck_until_it_is_reset_or_forced(tenant: Tenant):
    first, second = tenant.volume(), tenant.volume()
    _reset(tenant, first, "error_deleting")
    _reset(tenant, second, "error_deleting")
    refused(tenant.admin.volume.delete(f"/volumes/{first['id']}"), 400, STATUS + REST)
    _reset(tenant, first, "error")
    done(tenant.admin.volume.delete(f"/volumes/{first['id']}"), 202)
    done(tenant.admin.volume.delete(f"/volumes/{second['id']}?force=true", microversion="3.23"), 202)
    tenant.volume_gone(first)
    tenant.volume_gone(second)


def test_force_below_its_microversion_is_not_heard(tenant: Tenant):
    volume = tenant.volume()
    _reset(tenant, volume, "error_deleting")
    answer = tenant.admin.volume.delete(f"/volumes/{volume['id']}?force=true", microversion="3.0")
    refused(answer, 400, STATUS + REST)


def test_the_action_force_delete_goes_through_any_status(tenant: Tenant):
    volume = tenant.volume()
    _reset(tenant, volume, "error_deleting")
    done(tenant.admin.volume.post(f"/volumes/{volume['id']}/action", json={"os-force_delete": {}}), 202)
    tenant.volume_gone(volume)


def test_an_attachment_to_a_vanished_server_is_reset_away(tenant: Tenant):
    _, volume = _attached(tenant)
    body = {"os-reset_status": {"status": "available", "attach_status": "detached"}}
    done(tenant.admin.volume.post(f"/volumes/{volume['id']}/action", json=body), 202)
    assert tenant.volume_in(volume, "available")["status"] == "available"


def test_resetting_is_for_admins_and_actions_have_names(tenant: Tenant):
    volume = tenant.volume()
    path = f"/volumes/{volume['id']}/action"
    rule = "Policy doesn't allow volume_extension:volume_admin_actions:reset_status to be performed."
    refused(tenant.member.volume.post(path, json={"os-reset_status": {"status": "error"}}), 403, rule)
    refused(tenant.admin.volume.post(path, json={"nonsense": {}}), 400, "There is no such action: nonsense.")


def test_an_attachment_in_use_is_nova_to_detach(tenant: Tenant):
    server, volume = _attached(tenant)
    listed = done(tenant.admin.volume.get("/attachments?all_tenants=1", microversion="3.27"))["attachments"]
    (attachment,) = [one for one in listed if one["volume_id"] == volume["id"]]
    assert attachment["instance"] == server["id"]
    answer = tenant.admin.volume.delete(f"/attachments/{attachment['id']}", microversion="3.27")
    if tenant.target.old:  # it lets go of a volume in use, which CVE-2023-2088 is about: only Nova may ever be asked
        assert done(answer, 200) == {"attachments": []}
        return
    refused(answer, 409, "ConflictNovaUsingAttachment: Detach volume from instance")
