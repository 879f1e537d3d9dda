"""Swift: accounts, containers and objects; those of another project only with the role ResellerAdmin."""

from urllib.parse import unquote

from reaper.simulator.exchange import ApiAnswer, ApiError, Record, Request, Route
from reaper.simulator.state import Region

RESELLER = "ResellerAdmin"
PREFIX = "AUTH_"
LONGEST = 10_000
PAGE = "<html><h1>{0}</h1><p>{1}</p></html>"


def _refuse(status: int, title: str, words: str) -> ApiError:
    return ApiError(ApiAnswer(status, text=PAGE.format(title, words), media="text/html; charset=UTF-8"))


def _containers(ask: Request, account: str) -> dict[str, Record]:
    project_id = account.removeprefix(PREFIX)
    if project_id != ask.project_id and RESELLER not in ask.who.roles:
        raise _refuse(403, "Forbidden", "Access was denied to this resource.")
    return {one["name"]: one for one in ask.region.where("containers", project_id=project_id)}


def new_container(region: Region, project_id: str, name: str, objects: tuple[str, ...] = ()) -> Record:
    """Make a container with objects."""
    container = {
        "id": f"{project_id}/{name}",
        "name": name,
        "project_id": project_id,
        "_objects": dict.fromkeys(objects),
    }
    region["containers"][str(container["id"])] = container
    return container


def _one(ask: Request, account: str, name: str) -> Record:
    found = _containers(ask, account).get(name)
    if found is None:
        raise _refuse(404, "Not Found", "The resource could not be found.")
    return found


def _page(ask: Request, names: list[str]) -> list[str]:
    marker, limit = ask.asked("marker") or "", int(ask.asked("limit") or LONGEST)
    return [name for name in sorted(names) if name > marker][: min(limit, LONGEST)]


def list_containers(ask: Request, account: str) -> ApiAnswer:
    """List an account's containers as JSON; an account nobody has used yet is an empty one."""
    every = _containers(ask, account)
    shown = [{"name": name, "count": len(every[name]["_objects"]), "bytes": 0} for name in _page(ask, list(every))]
    return ApiAnswer(200, shown)


def list_objects(ask: Request, account: str, name: str) -> ApiAnswer:
    """List a container's objects as JSON."""
    return ApiAnswer(200, [{"name": one, "bytes": 0} for one in _page(ask, list(_one(ask, account, name)["_objects"]))])


def put_container(ask: Request, account: str, name: str) -> ApiAnswer:
    """Make a container, unless it is there."""
    if name not in _containers(ask, account):
        new_container(ask.region, account.removeprefix(PREFIX), name)
    return ApiAnswer(201)


def put_object(ask: Request, account: str, name: str, key: str) -> ApiAnswer:
    """Make an object."""
    _one(ask, account, name)["_objects"][key] = None
    return ApiAnswer(201)


def delete_container(ask: Request, account: str, name: str) -> ApiAnswer:
    """Delete an empty container."""
    container = _one(ask, account, name)
    if container["_objects"] or ask.cloud.stubborn.status(container["id"]):
        raise _refuse(409, "Conflict", "There was a conflict when trying to complete your request.")
    del ask.region["containers"][container["id"]]
    return ApiAnswer(204)


def delete_object(ask: Request, account: str, name: str, key: str) -> ApiAnswer:
    """Delete an object."""
    objects = _one(ask, account, name)["_objects"]
    if key not in objects:
        raise _refuse(404, "Not Found", "The resource could not be found.")
    del objects[key]
    return ApiAnswer(204)


def post_account(ask: Request, account: str) -> ApiAnswer:
    """Delete many objects at once; the answer is 200 in any case, and what went wrong stands in it."""
    containers = _containers(ask, account)
    if ask.asked("bulk-delete") is None:
        return ApiAnswer(204)
    gone, missing = 0, 0
    for line in filter(None, ask.content.decode().split("\n")):
        name, _, key = unquote(line).lstrip("/").partition("/")
        if name in containers and key in containers[name]["_objects"]:
            del containers[name]["_objects"][key]
            gone += 1
        else:
            missing += 1
    status = {"Response Status": "200 OK", "Response Body": "", "Errors": []}
    return ApiAnswer(200, status | {"Number Deleted": gone, "Number Not Found": missing})


ROUTES = (
    Route("GET", "/v1/{}", list_containers),
    Route("POST", "/v1/{}", post_account),
    Route("GET", "/v1/{}/{}", list_objects),
    Route("PUT", "/v1/{}/{}", put_container),
    Route("DELETE", "/v1/{}/{}", delete_container),
    Route("PUT", "/v1/{}/{}/{}", put_object),
    Route("DELETE", "/v1/{}/{}/{}", delete_object),
)
