"""Stop, start, lock, delete: states, refusals, and what stays behind."""

from tests.contract.cloud import done, refused
from tests.contract.tenant import Tenant


def _booted(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    return network, tenant.server(network)


def test_a_server_is_stopped_and_started_again(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"os-stop": None}), 202)
    stopped = tenant.server_in(server, "SHUTOFF")
    assert (stopped["OS-EXT-STS:vm_state"], stopped["OS-EXT-STS:power_state"]) == ("stopped", 4)
    words = f"Cannot 'stop' instance {server['id']} while it is in vm_state stopped"
    refused(tenant.act(server, {"os-stop": None}), 409, words)
    done(tenant.act(server, {"os-start": None}), 202)
    tenant.server_in(server, "ACTIVE")
    words = f"Cannot 'start' instance {server['id']} while it is in vm_state active"
    refused(tenant.act(server, {"os-start": None}), 409, words)


def test_a_server_in_rescue_is_stopped_only_after_its_rescue(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"rescue": None}), 200)
    assert tenant.server_in(server, "RESCUE")["OS-EXT-STS:vm_state"] == "rescued"
    words = f"Cannot 'stop' instance {server['id']} while it is in vm_state rescued"
    refused(tenant.act(server, {"os-stop": None}), 409, words)
    done(tenant.act(server, {"unrescue": None}), 202)
    tenant.server_in(server, "ACTIVE")
    words = f"Cannot 'unrescue' instance {server['id']} while it is in vm_state active"
    refused(tenant.act(server, {"unrescue": None}), 409, words)


def test_a_stopped_server_is_rescued_from_where_it_is(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"os-stop": None}), 202)
    tenant.server_in(server, "SHUTOFF")
    done(tenant.act(server, {"rescue": None}), 200)
    tenant.server_in(server, "RESCUE")


def test_only_a_resize_that_waits_is_confirmed(tenant: Tenant):
    _, server = _booted(tenant)
    for action in ("confirmResize", "revertResize"):
        words = f"Cannot '{action}' instance {server['id']} while it is in vm_state active"
        refused(tenant.act(server, {action: None}), 409, words)


def test_a_locked_server_obeys_admins_only(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"lock": {"locked_reason": "lease over"}}, microversion="2.73"), 202)
    locked = tenant.server_now(server, "2.73")
    assert (locked["locked"], locked["locked_reason"]) == (True, "lease over")
    words = f"Instance {server['id']} is locked"
    refused(tenant.act(server, {"os-stop": None}, tenant.member), 409, words)
    refused(tenant.member.compute.delete(f"/servers/{server['id']}"), 409, words)
    rule = "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed."
    refused(tenant.act(server, {"unlock": None}, tenant.member), 403, rule)
    done(tenant.act(server, {"os-stop": None}), 202)
    tenant.server_in(server, "SHUTOFF")
    refused(tenant.act(server, {"os-start": None}, tenant.member), 409, words)
    done(tenant.act(server, {"unlock": None}), 202)
    unlocked = tenant.server_now(server, "2.73")
    assert (unlocked["locked"], unlocked["locked_reason"]) == (False, None)
    done(tenant.act(server, {"os-start": None}, tenant.member), 202)
    tenant.server_in(server, "ACTIVE")


def test_locking_twice_and_unlocking_twice_is_no_error(tenant: Tenant):
    _, server = _booted(tenant)
    for action in ("lock", "lock", "unlock", "unlock"):
        done(tenant.act(server, {action: None}), 202)


def test_a_reason_for_the_lock_needs_its_microversion(tenant: Tenant):
    _, server = _booted(tenant)
    answer = tenant.act(server, {"lock": {"locked_reason": "why"}})
    assert answer.status_code in {202, 400}  # older Novas take any body below 2.73
    if answer.status_code == 202:
        assert tenant.server_now(server, "2.73")["locked_reason"] is None


def test_the_locked_filter_needs_its_microversion(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"lock": None}), 202)
    path = f"/servers?all_tenants=1&project_id={tenant.project_id}&locked="
    assert len(done(tenant.admin.compute.get(f"{path}true", microversion="2.73"))["servers"]) == 1
    assert done(tenant.admin.compute.get(f"{path}false", microversion="2.73"))["servers"] == []


def test_unknown_and_malformed_actions_are_400(tenant: Tenant):
    _, server = _booted(tenant)
    refused(tenant.act(server, {"nonsense": None}), 400, "There is no such action: nonsense")
    refused(tenant.act(server, {}), 400, "Malformed request body")


def test_resetting_a_state_is_for_admins(tenant: Tenant):
    _, server = _booted(tenant)
    action = {"os-resetState": {"state": "error"}}
    rule = "Policy doesn't allow os_compute_api:os-admin-actions:reset_state to be performed."
    refused(tenant.act(server, action, tenant.member), 403, rule)
    done(tenant.act(server, action), 202)
    assert tenant.server_now(server)["status"] == "ERROR"


def test_a_server_in_error_is_stopped_and_deleted(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"os-resetState": {"state": "error"}}), 202)
    done(tenant.act(server, {"os-stop": None}), 202)
    tenant.server_in(server, "SHUTOFF")
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)


def test_a_delete_is_asynchronous_and_a_second_one_is_accepted(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    again = tenant.admin.compute.delete(f"/servers/{server['id']}")
    assert again.status_code in {204, 404}  # 404 if it has gone meanwhile
    tenant.server_gone(server)
    refused(
        tenant.admin.compute.delete(f"/servers/{server['id']}"), 404, f"Instance {server['id']} could not be found."
    )


def test_a_deleted_server_is_listed_by_changes_since(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
    path = f"/servers/detail?all_tenants=1&project_id={tenant.project_id}&changes-since=2020-01-01T00:00:00Z"
    listed = done(tenant.admin.compute.get(path))["servers"]
    assert [(one["id"], one["status"]) for one in listed] == [(server["id"], "DELETED")]


def test_force_delete_is_202(tenant: Tenant):
    _, server = _booted(tenant)
    done(tenant.act(server, {"forceDelete": None}), 202)
    tenant.server_gone(server)


def test_a_pre_created_port_outlives_its_server_unbound(tenant: Tenant):
    network = tenant.network()
    tenant.subnet(network)
    port = tenant.port(network)
    server = tenant.server(port=port)
    bound = done(tenant.admin.network.get(f"/ports/{port['id']}"))["port"]
    assert (bound["device_id"], bound["device_owner"]) == (server["id"], "compute:nova")
    assert bound["binding:host_id"]
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
    loose = done(tenant.admin.network.get(f"/ports/{port['id']}"))["port"]
    assert (loose["device_id"], loose["device_owner"], loose["binding:host_id"]) == ("", "", "")


def test_a_port_that_nova_made_goes_with_its_server(tenant: Tenant):
    _, server = _booted(tenant)
    assert len(tenant.listed("ports", f"&device_id={server['id']}")) == 1
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
    assert tenant.listed("ports", "&device_owner=compute:nova") == []


def test_the_port_of_a_running_server_has_no_protection(tenant: Tenant):
    _, server = _booted(tenant)
    (port,) = tenant.listed("ports", f"&device_id={server['id']}")
    done(tenant.admin.network.delete(f"/ports/{port['id']}"), 204)


def test_a_server_of_a_closed_project_is_locked_stopped_and_deleted_by_an_admin(tenant: Tenant):
    _, server = _booted(tenant)
    tenant.close()
    done(tenant.act(server, {"lock": None}), 202)
    done(tenant.act(server, {"os-stop": None}), 202)
    tenant.server_in(server, "SHUTOFF")
    done(tenant.admin.compute.delete(f"/servers/{server['id']}"), 204)
    tenant.server_gone(server)
