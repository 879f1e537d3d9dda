"""The simulator's own face: seeds, inventory, stubborn things, regions, paging, many clients at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from reaper.simulator import Simulator


def test_a_seeded_tenant_is_a_small_typical_one(sim):
    tenant = sim.seed.tenant("typical", servers=3, fips=2)
    have = {kind: len(found) for kind, found in sim.inventory(tenant.project_id).items() if found}
    assert have == {
        "server": 3,
        "floating_ip": 2,
        "port": 6,  # three of servers, one unused, the router's, the DHCP agent's
        "router": 1,
        "network": 1,
        "subnet": 1,
        "security_group": 2,
        "volume": 1,
        "snapshot": 1,
    }
    assert tenant["servers"] == tenant.servers


def test_a_new_cloud_holds_nothing_of_anybody_but_the_admin(sim):
    everything = sim.inventory()
    assert {kind for kind, found in everything.items() if found} == {"network", "subnet", "image", "rbac_policy"}


def test_calls_are_recorded_and_writes_told_apart(sim, ask):
    ask("GET", "network", "/v2.0/networks?fields=id")
    ask("DELETE", "network", "/v2.0/networks/none")
    ask("DELETE", "compute", "/v2.1/servers/none")
    assert [(call.method, call.path, call.status) for call in sim.writes("network")] == [
        ("DELETE", "/network/v2.0/networks/none", 404)
    ]
    assert [call.service for call in sim.writes()] == ["network", "compute"]
    assert sim.calls[-3].path == "/network/v2.0/networks?fields=id"


def test_disabling_a_user_and_removing_a_role_are_counted_as_traps(sim, ask):
    tenant = sim.seed.tenant("trapped")
    ask("PATCH", "identity", f"/v3/users/{tenant.user_id}", json={"user": {"enabled": False}})
    roles = ask("GET", "identity", "/v3/roles?name=member").json()["roles"]
    path = f"/v3/projects/{tenant.project_id}/users/{tenant.user_id}/roles/{roles[0]['id']}"
    ask("DELETE", "identity", path)
    assert sim.traps == {"users_disabled": 1, "assignments_removed": 1}


def test_a_server_stuck_in_deleting_goes_when_it_is_freed(sim, ask):
    tenant = sim.seed.tenant("stuck", servers=1)
    (server,) = tenant.servers
    sim.stubborn("server", server, "deleting")
    assert ask("DELETE", "compute", f"/v2.1/servers/{server}").status_code == 204
    sim.settle()
    assert sim.record("server", server)["task_state"] == "deleting"
    sim.stubborn("server", server, None)
    assert sim.record("server", server) is None


def test_a_volume_in_error_deleting_needs_a_reset_and_its_freedom(sim, ask):
    volume = sim.seed.volume(sim.seed.project("stuck"))
    path = f"/v3/volumes/{volume}"
    sim.stubborn("volume", volume, "error_deleting")
    assert ask("DELETE", "volume", path).status_code == 202
    sim.settle()
    assert sim.record("volume", volume)["status"] == "error_deleting"
    sim.stubborn("volume", volume, None)
    assert ask("DELETE", "volume", path).status_code == 400
    ask("POST", "volume", f"{path}/action", json={"os-reset_status": {"status": "error"}})
    assert ask("DELETE", "volume", path).status_code == 202
    sim.settle()
    assert sim.record("volume", volume) is None


@pytest.mark.parametrize(("how", "status"), [("conflict", 409), (409, 409), (500, 500)])
def test_a_refused_port_is_refused_until_it_is_freed(sim, ask, how, status):
    tenant = sim.seed.tenant("held")
    sim.stubborn("port", tenant.spare_port, how)
    assert ask("DELETE", "network", f"/v2.0/ports/{tenant.spare_port}").status_code == status
    sim.stubborn("port", tenant.spare_port, None)
    assert ask("DELETE", "network", f"/v2.0/ports/{tenant.spare_port}").status_code == 204


def test_a_kind_that_is_none_is_said_so(sim):
    with pytest.raises(ValueError, match="no such kind: 'cat'"):
        sim.stubborn("cat", "x")


def test_no_page_is_larger_than_the_limit_of_pages():
    with Simulator(page_limit=2) as sim:
        tenant = sim.seed.tenant("paged", servers=5)
        face = _signed_in(sim)
        root = sim.auth_url.removesuffix("/identity/v3")
        ports = face.get(f"{root}/network/v2.0/ports?tenant_id={tenant.project_id}&limit=1000", timeout=30).json()
        servers = face.get(f"{root}/compute/v2.1/servers?all_tenants=1", timeout=30).json()
        projects = face.get(f"{root}/identity/v3/projects", timeout=30).json()
    assert (len(ports["ports"]), len(servers["servers"]), len(projects["projects"])) == (2, 2, 2)
    assert ports["ports_links"][0]["rel"] == servers["servers_links"][0]["rel"] == "next"
    assert projects["truncated"] is True


def _signed_in(sim: Simulator) -> requests.Session:
    auth = sim.clouds_yaml()["clouds"]["sim"]["auth"]
    home = {"name": "Default"}
    user = {"name": "admin", "password": auth["password"], "domain": home}
    body = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": "admin", "domain": home}},
    }
    token = requests.post(f"{sim.auth_url}/auth/tokens", json={"auth": body}, timeout=30)
    session = requests.Session()
    session.headers["X-Auth-Token"] = token.headers["X-Subject-Token"]
    return session


def test_each_region_has_its_own_resources_and_all_share_identity():
    with Simulator(regions=("North", "South")) as sim:
        project = sim.seed.project("both")
        north, south = sim.seed.network(project, "n"), sim.seed.network(project, "s", region="South")
        assert sim.inventory(project)["network"] == sorted([north, south])
        assert sim.inventory(project, region="South")["network"] == [south]
        face = _signed_in(sim)
        root = sim.auth_url.removesuffix("/identity/v3")
        assert face.get(f"{root}/network/v2.0/networks/{south}", timeout=30).status_code == 404
        assert face.get(f"{root}/South/network/v2.0/networks/{south}", timeout=30).status_code == 200
        assert sim.clouds_yaml("two")["clouds"]["two"]["regions"] == ["North", "South"]


def test_thirty_two_clients_reclaim_at_once_and_nothing_is_left(sim):
    tenants = [sim.seed.tenant(f"t{number}", servers=2) for number in range(32)]
    bystander = sim.seed.tenant("bystander")
    before = sim.inventory(bystander.project_id)
    root = sim.auth_url.removesuffix("/identity/v3")

    def reclaim(tenant) -> None:
        face = _signed_in(sim)
        for server in tenant.servers:
            face.delete(f"{root}/compute/v2.1/servers/{server}", timeout=60)
        sim.settle()
        for address in tenant.floating_ips:
            face.delete(f"{root}/network/v2.0/floatingips/{address}", timeout=60)
        body = {"subnet_id": tenant.subnet}
        face.put(f"{root}/network/v2.0/routers/{tenant.router}/remove_router_interface", json=body, timeout=60)
        face.delete(f"{root}/network/v2.0/routers/{tenant.router}", timeout=60)
        for port in (*tenant.ports, tenant.spare_port):
            face.delete(f"{root}/network/v2.0/ports/{port}", timeout=60)
        face.delete(f"{root}/network/v2.0/networks/{tenant.network}", timeout=60)
        for volume in tenant.volumes:
            face.delete(f"{root}/volume/v3/volumes/{volume}?cascade=true", timeout=60)
        for group in sim.inventory(tenant.project_id)["security_group"]:
            face.delete(f"{root}/network/v2.0/security-groups/{group}", timeout=60)

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(reclaim, tenants))
    sim.settle()
    assert [kind for tenant in tenants for kind, left in sim.inventory(tenant.project_id).items() if left] == []
    assert sim.inventory(bystander.project_id) == before
    assert {call.status for call in sim.writes()} == {202, 204, 200}
    assert sim.traps == {}
