"""Keystone's OS-EP-FILTER: groups of endpoints, such as those of a region, and the projects that may see them."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route
from reaper.simulator.identity.lists import found
from reaper.simulator.state import plain


def _shown(ask: Request, group: Record) -> Record:
    visible = {key: value for key, value in group.items() if key != "projects"}
    return visible | {"links": {"self": f"{ask.base}/v3/OS-EP-FILTER/endpoint_groups/{group['id']}"}}


def _links(ask: Request) -> Record:
    return {"next": None, "self": f"{ask.base}{ask.path}", "previous": None}


def list_groups(ask: Request) -> ApiAnswer:
    """List all endpoint groups."""
    every = [_shown(ask, one) for one in ask.cloud.identity["endpoint_groups"].values()]
    return ApiAnswer(200, {"endpoint_groups": every, "links": _links(ask)})


def create_group(ask: Request) -> ApiAnswer:
    """Make an endpoint group of the endpoints that fit its filters."""
    given = ask.wrapped("endpoint_group")
    made = {"id": plain(), "name": given["name"], "description": given.get("description")}
    made |= {"filters": given["filters"], "projects": []}
    ask.cloud.identity["endpoint_groups"][made["id"]] = made
    return ApiAnswer(201, {"endpoint_group": _shown(ask, made)})


def delete_group(ask: Request, group_id: str) -> ApiAnswer:
    """Delete an endpoint group."""
    found(ask, "endpoint_groups", group_id, "endpoint group")
    del ask.cloud.identity["endpoint_groups"][group_id]
    return ApiAnswer(204)


def list_projects(ask: Request, group_id: str) -> ApiAnswer:
    """List the projects that see a group's endpoints."""
    group, known = found(ask, "endpoint_groups", group_id, "endpoint group"), ask.cloud.identity["projects"]
    every = [known[one] for one in group["projects"] if one in known]
    return ApiAnswer(200, {"projects": every, "links": _links(ask)})


def add_project(ask: Request, group_id: str, project_id: str) -> ApiAnswer:
    """Let a project see a group's endpoints."""
    group = found(ask, "endpoint_groups", group_id, "endpoint group")
    found(ask, "projects", project_id, "project")
    group["projects"] = [*group["projects"], project_id]
    return ApiAnswer(204)


ROUTES = (
    Route("GET", "/v3/OS-EP-FILTER/endpoint_groups", list_groups),
    Route("POST", "/v3/OS-EP-FILTER/endpoint_groups", create_group),
    Route("DELETE", "/v3/OS-EP-FILTER/endpoint_groups/{}", delete_group),
    Route("GET", "/v3/OS-EP-FILTER/endpoint_groups/{}/projects", list_projects),
    Route("PUT", "/v3/OS-EP-FILTER/endpoint_groups/{}/projects/{}", add_project),
)
