"""Nova's host aggregates, whose metadata may set their hosts apart for some projects."""

from reaper.simulator.exchange import ApiAnswer, Request, Route, refuse
from reaper.simulator.state import dashed


def _admins_only(ask: Request, what: str) -> None:
    if not ask.admin:
        refuse("compute", 403, f"Policy doesn't allow os_compute_api:os-aggregates:{what} to be performed.")


def list_aggregates(ask: Request) -> ApiAnswer:
    """List all aggregates; there are no pages."""
    _admins_only(ask, "index")
    return ApiAnswer(200, {"aggregates": list(ask.region["aggregates"].values())})


def create_aggregate(ask: Request) -> ApiAnswer:
    """Make an aggregate."""
    _admins_only(ask, "create")
    given, table = ask.wrapped("aggregate"), ask.region["aggregates"]
    if any(one["name"] == given["name"] for one in table.values()):
        refuse("compute", 409, f"Aggregate {given['name']} already exists.")
    number = max((one["id"] for one in table.values()), default=0) + 1
    made = {"id": number, "name": given["name"], "hosts": [], "metadata": {}, "availability_zone": None}
    made |= {"uuid": dashed(), "created_at": ask.cloud.clock.now().isoformat()[:19], "updated_at": None}
    table[str(number)] = made | {"deleted": False, "deleted_at": None}
    return ApiAnswer(200, {"aggregate": table[str(number)]})


def set_metadata(ask: Request, number: str) -> ApiAnswer:
    """Merge metadata into an aggregate; a null takes a key away."""
    _admins_only(ask, "set_metadata")
    aggregate = ask.region["aggregates"].get(number)
    if aggregate is None:
        refuse("compute", 404, f"Aggregate {number} could not be found.")
    merged = {**aggregate["metadata"], **ask.wrapped("set_metadata")["metadata"]}
    aggregate["metadata"] = {key: value for key, value in merged.items() if value is not None}
    return ApiAnswer(200, {"aggregate": aggregate})


def delete_aggregate(ask: Request, number: str) -> ApiAnswer:
    """Delete an aggregate."""
    _admins_only(ask, "delete")
    if ask.region["aggregates"].pop(number, None) is None:
        refuse("compute", 404, f"Aggregate {number} could not be found.")
    return ApiAnswer(200)


ROUTES = (
    Route("GET", "/v2.1/os-aggregates", list_aggregates),
    Route("POST", "/v2.1/os-aggregates", create_aggregate),
    Route("POST", "/v2.1/os-aggregates/{}/action", set_metadata),
    Route("DELETE", "/v2.1/os-aggregates/{}", delete_aggregate),
)
