"""Trunks: a parent port with subports, in use while the parent has a server."""

from typing import Any

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.network.records import (
    PORT,
    RecordKind,
    deny,
    find,
    keep,
    list_kind,
    owner_given,
    refuse_stubborn,
    show_one,
)
from reaper.simulator.state import Region

TRUNK = RecordKind("trunks", "trunk", "TrunkNotFound", "Trunk {} could not be found.")


def new_trunk(region: Region, project_id: str, name: str, port_id: str, subports: list[Record]) -> Record:
    """Make a trunk; a subport is `{"port_id", "segmentation_type", "segmentation_id"}`."""
    trunk = keep(
        region, TRUNK, project_id, name=name, port_id=port_id, sub_ports=subports, admin_state_up=True, status="DOWN"
    )
    _tell_parent(region, trunk)
    return trunk


def _tell_parent(region: Region, trunk: Record) -> None:
    """Show the trunk on its parent port, as the extension trunk-details does."""
    parent = region["ports"].get(trunk["port_id"])
    if parent is not None:
        parent["trunk_details"] = {"trunk_id": trunk["id"], "sub_ports": trunk["sub_ports"]}


def list_trunks(ask: Request) -> ApiAnswer:
    """List trunks."""
    return list_kind(ask, TRUNK)


def _refuse_used(ask: Request, port_id: str) -> None:
    for trunk in ask.region["trunks"].values():
        if port_id in {trunk["port_id"], *(sub["port_id"] for sub in trunk["sub_ports"])}:
            deny(409, "TrunkPortInUse", f"Port {port_id} is in use by another trunk.")


def create_trunk(ask: Request) -> ApiAnswer:
    """Make a trunk of free ports."""
    given = ask.wrapped("trunk")
    port = find(ask, PORT, str(given.get("port_id")))
    subports = given.get("sub_ports", [])
    for port_id in (port["id"], *(find(ask, PORT, sub["port_id"])["id"] for sub in subports)):
        _refuse_used(ask, port_id)
    trunk = new_trunk(ask.region, owner_given(ask, given), given.get("name", ""), port["id"], subports)
    return show_one(ask, TRUNK, trunk, 201)


def show_trunk(ask: Request, trunk_id: str) -> ApiAnswer:
    """Show a trunk."""
    return show_one(ask, TRUNK, find(ask, TRUNK, trunk_id))


def delete_trunk(ask: Request, trunk_id: str) -> ApiAnswer:
    """Delete a trunk whose parent port is on no server."""
    trunk = find(ask, TRUNK, trunk_id, changing="delete_trunk")
    refuse_stubborn(ask, trunk_id)
    parent = ask.region["ports"].get(trunk["port_id"])
    if parent is not None and parent["binding:host_id"]:
        deny(409, "TrunkInUse", f"Trunk {trunk_id} is currently in use.")
    del ask.region["trunks"][trunk_id]
    if parent is not None:
        parent.pop("trunk_details", None)
    return ApiAnswer(204)


def list_subports(ask: Request, trunk_id: str) -> ApiAnswer:
    """List a trunk's subports."""
    return ApiAnswer(200, {"sub_ports": find(ask, TRUNK, trunk_id)["sub_ports"]})


def _given(ask: Request) -> list[Record]:
    document: Any = ask.document()
    subports = document.get("sub_ports")
    return subports if isinstance(subports, list) else []


def add_subports(ask: Request, trunk_id: str) -> ApiAnswer:
    """Add subports."""
    trunk = find(ask, TRUNK, trunk_id, changing="add_subports")
    for sub in _given(ask):
        _refuse_used(ask, find(ask, PORT, sub["port_id"])["id"])
    trunk["sub_ports"] = [*trunk["sub_ports"], *_given(ask)]
    _tell_parent(ask.region, trunk)
    return ApiAnswer(200, trunk)


def remove_subports(ask: Request, trunk_id: str) -> ApiAnswer:
    """Remove subports."""
    trunk = find(ask, TRUNK, trunk_id, changing="remove_subports")
    gone = {sub["port_id"] for sub in _given(ask)}
    for port_id in gone - {sub["port_id"] for sub in trunk["sub_ports"]}:
        deny(404, "SubPortNotFound", f"SubPort {port_id} on trunk {trunk_id} could not be found.")
    trunk["sub_ports"] = [sub for sub in trunk["sub_ports"] if sub["port_id"] not in gone]
    _tell_parent(ask.region, trunk)
    return ApiAnswer(200, trunk)


ROUTES = (
    Route("GET", TRUNK.path, list_trunks),
    Route("POST", TRUNK.path, create_trunk),
    Route("GET", TRUNK.path + "/{}", show_trunk),
    Route("DELETE", TRUNK.path + "/{}", delete_trunk),
    Route("GET", TRUNK.path + "/{}/get_subports", list_subports),
    Route("PUT", TRUNK.path + "/{}/add_subports", add_subports),
    Route("PUT", TRUNK.path + "/{}/remove_subports", remove_subports),
)
