"""What happens to a server between an accepted request and its end: boot, stop, delete."""

from reaper.simulator.exchange import Record, Request, refuse
from reaper.simulator.network.groups import default_group
from reaper.simulator.network.ports import bind_port, new_port, remove_port, unbind_port
from reaper.simulator.state import Region, dashed

GONE = "deleted_servers"


def new_server(region: Region, project_id: str, name: str, **given: object) -> Record:
    """Make a server record in BUILD; nothing runs yet."""
    now = region.cloud.clock.now()
    server: Record = {
        "id": dashed(),
        "name": name,
        "project_id": project_id,
        "user_id": "",
        "vm_state": "building",
        "task_state": "spawning",
        "locked": None,
        "locked_reason": None,
        "created": now,
        "updated": now,
        "launched": None,
        "image": "",
        "flavor": next(iter(region["flavors"].values())),
        "key_name": None,
        "metadata": {},
        "tags": [],
        "host": "",
        "description": name,
        "groups": [],
        "volumes": [],
        "made_ports": [],
        "networks": [],
        "ports": [],
    } | given
    region["servers"][server["id"]] = server
    region.note("servers", server)
    return server


def change(region: Region, server: Record, **fields: object) -> None:
    """Change a server and its `updated`."""
    server.update(fields)
    server["updated"] = region.cloud.clock.now()


def boot(region: Region, server: Record) -> None:
    """Put a server on a host, with its ports, running; one that is already being deleted is left."""
    if server["id"] not in region["servers"] or server["task_state"] == "deleting":
        return
    server["host"] = "compute0"
    for network_id in server["networks"]:
        if network_id in region["networks"]:
            group = default_group(region, server["project_id"])
            port = new_port(region, network_id, server["project_id"], security_groups=[group["id"]])
            server["made_ports"].append(port["id"])
            bind_port(region, port, server["id"], "compute0")
    for port_id in server["ports"]:
        if port_id in region["ports"]:
            bind_port(region, region["ports"][port_id], server["id"], "compute0")
    change(region, server, vm_state="active", task_state=None, launched=region.cloud.clock.now())


def begin_delete(region: Region, server: Record) -> None:
    """Accept a delete; a server already `deleting` stays as it is and nothing more happens."""
    if server["task_state"] == "deleting":
        return
    change(region, server, task_state="deleting")
    if region.cloud.stubborn.sticks(server["id"]) != "deleting":
        region.cloud.later(lambda: end_delete(region, server))


def end_delete(region: Region, server: Record) -> None:
    """Let a server go: ports Nova made go with it, pre-created ones are only unbound, volumes are detached."""
    if server["id"] not in region["servers"] or server["task_state"] != "deleting":
        return  # its state was reset meanwhile
    if region.cloud.stubborn.sticks(server["id"]) == "error":
        change(region, server, vm_state="error", task_state=None)
        return
    for port in list(region.where("ports", device_id=server["id"])):
        if port["id"] in server["made_ports"]:
            remove_port(region, port)
        else:
            unbind_port(region, port)
    for attached in list(server["volumes"]):
        detach(region, server, attached["volume"])
    change(region, server, vm_state="deleted", task_state=None)
    region[GONE][server["id"]] = region["servers"].pop(server["id"])
    for group in region["server_groups"].values():
        group["members"] = [one for one in group["members"] if one != server["id"]]


def detach(region: Region, server: Record, volume_id: str) -> None:
    """Take a volume off a server; it becomes `available`, or goes if it was to go with the server."""
    attached = next((one for one in server["volumes"] if one["volume"] == volume_id), None)
    server["volumes"] = [one for one in server["volumes"] if one["volume"] != volume_id]
    volume = region["volumes"].get(volume_id)
    if volume is None:
        return
    volume["attachments"] = [one for one in volume["attachments"] if one["server_id"] != server["id"]]
    if not volume["attachments"] and volume["status"] in {"in-use", "detaching"}:
        volume["status"] = "available"
    if attached and attached["delete_on_termination"]:
        region["volumes"].pop(volume_id, None)


def settle_power(region: Region, server: Record, vm_state: str) -> None:
    """Finish a stop or start, unless the server went or was reset meanwhile."""
    if server["id"] in region["servers"] and server["task_state"] not in {None, "deleting"}:
        power = server.get("power") if vm_state == "resized" else None  # a resize leaves the guest as it was
        change(region, server, vm_state=vm_state, task_state=None, power=power)


def find_server(ask: Request, server_id: str, *, acting: bool = False) -> Record:
    """Find a server the caller may see, or refuse with 404 in the words of a look or of an action."""
    server = ask.region["servers"].get(server_id)
    if server is None or not (ask.admin or server["project_id"] == ask.project_id):
        why = "has no mapping to a cell" if acting else "could not be found"
        refuse("compute", 404, f"Instance {server_id} {why}.")
    return server
