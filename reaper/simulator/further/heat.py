"""Heat: stacks that make networks. An admin's plain list holds everybody's, the one called global is forbidden."""

from reaper.simulator.clock import seconds
from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route
from reaper.simulator.network.networks import new_network
from reaper.simulator.state import Region, dashed

NET = "OS::Neutron::Net"


def _refuse(status: int, kind: str, title: str, message: str) -> ApiError:
    words = {"code": status, "title": title, "explanation": "The server does not do it."}
    return ApiError(ApiAnswer(status, words | {"error": {"type": kind, "traceback": None, "message": message}}))


def new_stack(region: Region, project_id: str, name: str, networks: int = 0) -> Record:
    """Make a stack with so many networks of its own."""
    made = [new_network(region, project_id, f"{name}-{n}")["id"] for n in range(networks)]
    stack: Record = {
        "id": dashed(),
        "project": project_id,
        "project_id": project_id,
        "stack_name": name,
        "description": "",
        "stack_status": "CREATE_COMPLETE",
        "stack_status_reason": "Stack CREATE completed successfully",
        "creation_time": seconds(region.cloud.clock.now()),
        "updated_time": None,
        "deletion_time": None,
        "parent": None,
        "tags": None,
        "_networks": made,
    }
    region["stacks"][stack["id"]] = stack
    return stack


def _shown(ask: Request, stack: Record) -> Record:
    hidden = {"project_id"} if ask.admin else {"project", "project_id"}
    return {key: value for key, value in stack.items() if key not in hidden and not key.startswith("_")}


def list_stacks(ask: Request, _project_id: str) -> ApiAnswer:
    """List stacks; those of others only to an admin, whatever project stands in the address."""
    if (ask.asked("global_tenant") or "").lower() == "true":
        message = "You are not authorized to use stacks:global_index."
        raise _refuse(403, "Forbidden", "Forbidden", message)
    wanted = {value for key, value in ask.query if key == "tenant"}
    stacks = [
        stack
        for stack in ask.region["stacks"].values()
        if (ask.admin or stack["project"] == ask.project_id) and (not wanted or stack["project"] in wanted)
    ]
    after = [at for at, stack in enumerate(stacks, 1) if stack["id"] == ask.asked("marker")]
    most = int(ask.asked("limit") or len(stacks))
    page = stacks[after[0] if after else 0 :][:most]
    return ApiAnswer(200, {"stacks": [_shown(ask, stack) for stack in page]})


def create_stack(ask: Request, project_id: str) -> ApiAnswer:
    """Accept a stack; of its resources only networks are made."""
    given = ask.document()
    resources = given["template"].get("resources", {}).values()
    networks = sum(one["type"] == NET for one in resources)
    stack = new_stack(ask.region, project_id, given["stack_name"], networks)
    stack["stack_status"] = "CREATE_IN_PROGRESS"
    ask.cloud.later(lambda: stack.update(stack_status="CREATE_COMPLETE"))
    return ApiAnswer(201, {"stack": {"id": stack["id"], "links": []}})


def delete_stack(ask: Request, _project_id: str, name: str, stack_id: str) -> ApiAnswer:
    """Accept a delete, which takes along what the stack made; what is in the way there makes it fail."""
    stack = ask.region["stacks"].get(stack_id)
    if stack is None or not (ask.admin or stack["project"] == ask.project_id):
        message = f"The Stack ({name}/{stack_id}) could not be found."
        raise _refuse(404, "EntityNotFound", "Not Found", message)
    stack["stack_status"] = "DELETE_IN_PROGRESS"
    ask.cloud.later(lambda: _finish(ask.region, stack))
    return ApiAnswer(204)


def _finish(region: Region, stack: Record) -> None:
    held = [one for one in stack["_networks"] if any(region.where("ports", network_id=one))]
    if held or region.cloud.stubborn.sticks(stack["id"]) == "error":
        stack["stack_status"] = "DELETE_FAILED"
        return
    for network_id in stack["_networks"]:
        region["networks"].pop(network_id, None)
        for subnet in list(region.where("subnets", network_id=network_id)):
            del region["subnets"][subnet["id"]]
    region["stacks"].pop(stack["id"], None)


ROUTES = (
    Route("GET", "/v1/{}/stacks", list_stacks),
    Route("POST", "/v1/{}/stacks", create_stack),
    Route("DELETE", "/v1/{}/stacks/{}/{}", delete_stack),
)
