"""What Nova says: lists with pages, deletes that take their time, refusals, quota."""

from __future__ import annotations

from tests.contract.cloud import Face
from tests.contract.tenant import Record
from tests.truth.teller import NOWHERE, Teller


def _one(teller: Teller) -> tuple[Record, Record]:
    network = teller.call("network", teller.tenant.network())
    teller.call("subnet", teller.tenant.subnet(network))
    return network, teller.call("server", teller.tenant.server(network))


def servers(teller: Teller) -> None:
    """One server alone, and lists in every way that is asked for."""
    _, server = _one(teller)
    mine = f"all_tenants=1&project_id={teller.tenant.project_id}"
    teller.ask("a server", "compute", f"/servers/{server['id']}")
    teller.ask("a server, microversion 2.73", "compute", f"/servers/{server['id']}", microversion="2.73")
    teller.ask("servers of a project", "compute", f"/servers?{mine}")
    teller.ask("servers in detail", "compute", f"/servers/detail?{mine}", microversion="2.73")
    teller.ask("servers of nobody", "compute", f"/servers/detail?all_tenants=1&project_id={'0' * 32}")
    teller.ask("no such server", "compute", f"/servers/{NOWHERE}")
    teller.ask("attachments", "compute", f"/servers/{server['id']}/os-volume_attachments")
    teller.ask("all servers as a member", "compute", "/servers/detail?all_tenants=1", face=teller.tenant.member)


def pages_of_servers(teller: Teller) -> None:
    """Two pages of one server each, a third that is empty, and a marker that is gone."""
    network = teller.call("network", teller.tenant.network())
    teller.call("subnet", teller.tenant.subnet(network))
    for _ in range(2):
        teller.tenant.server(network)
    mine = f"all_tenants=1&project_id={teller.tenant.project_id}&limit=1"
    first = teller.ask("first page", "compute", f"/servers?{mine}")["servers"][0]["id"]
    second = teller.ask("second page", "compute", f"/servers?{mine}&marker={first}")["servers"][0]["id"]
    teller.ask("third page", "compute", f"/servers?{mine}&marker={second}")
    teller.ask("a marker that is gone", "compute", f"/servers?{mine}&marker={NOWHERE}")
    teller.ask("a limit that is none", "compute", "/servers?limit=-1")


def a_server_goes(teller: Teller) -> None:
    """Accepted, seen on its way, asked again, gone."""
    _, server = _one(teller)
    path = f"/servers/{server['id']}"
    with teller.cloud.hold("server", server["id"]):
        teller.ask("delete", "compute", path, "DELETE")
        teller.ask("on its way", "compute", path)
        teller.ask("delete again", "compute", path, "DELETE")
        teller.ask("stop it meanwhile", "compute", f"{path}/action", "POST", json={"os-stop": None})
    teller.tenant.server_gone(server)
    teller.ask("gone", "compute", path)
    teller.ask("delete what is gone", "compute", path, "DELETE")


def actions(teller: Teller) -> None:
    """Stop, start and lock, and what is refused in which state."""
    _, server = _one(teller)
    path = f"/servers/{server['id']}/action"

    def act(name: str, action: str, face: Face | None = None) -> None:
        teller.ask(name, "compute", path, "POST", json={action: None}, face=face)

    act("start what runs", "os-start")
    act("lock", "lock")
    act("stop as a member what is locked", "os-stop", teller.tenant.member)
    teller.ask("delete as a member what is locked", "compute", path[:-7], "DELETE", face=teller.tenant.member)
    act("unlock as a member", "unlock", teller.tenant.member)
    act("stop", "os-stop")
    teller.tenant.server_in(server, "SHUTOFF")
    teller.ask("a stopped server", "compute", path[:-7], microversion="2.73")
    act("stop what is stopped", "os-stop")
    act("unlock", "unlock")
    teller.ask("act on nothing", "compute", f"/servers/{NOWHERE}/action", "POST", json={"os-stop": None})


def the_rest(teller: Teller) -> None:
    """Quota, keypairs, server groups."""
    tenant = teller.tenant
    teller.ask("quota", "compute", f"/os-quota-sets/{tenant.project_id}")
    body = {"server_group": {"name": "apart", "policies": ["anti-affinity"]}}
    made = teller.ask("make a server group", "compute", "/os-server-groups", "POST", json=body, face=tenant.member)
    teller.call("server group", made["server_group"])
    teller.ask("delete it", "compute", f"/os-server-groups/{made['server_group']['id']}", "DELETE")
    teller.ask("no such server group", "compute", f"/os-server-groups/{NOWHERE}", "DELETE")
    teller.ask("keypairs of a user", "compute", f"/os-keypairs?user_id={tenant.user_id}", microversion="2.10")
    path = f"/os-keypairs/nobody-has-this?user_id={tenant.user_id}"
    teller.ask("no such keypair", "compute", path, "DELETE", microversion="2.10")


STORIES = (servers, pages_of_servers, a_server_goes, actions, the_rest)
