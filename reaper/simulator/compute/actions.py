"""What is done to a server by POST action, and which states allow it."""

from collections.abc import Callable
from typing import Any

from reaper.simulator.compute.images import create_image
from reaper.simulator.compute.life import begin_delete, change, find_server, settle_power
from reaper.simulator.compute.servers import refuse_locked, refuse_state, refuse_stubborn
from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse

Do = Callable[[Request, Record, Any], ApiAnswer]


def _power(verb: str, task: str, allowed: tuple[str, ...], becomes: str) -> Do:
    def act(ask: Request, server: Record, _: object) -> ApiAnswer:
        refuse_locked(ask, server)
        refuse_state(server, verb, allowed)
        change(ask.region, server, task_state=task)
        ask.cloud.later(lambda: settle_power(ask.region, server, becomes))
        return ApiAnswer(202)

    return act


def _lock(ask: Request, server: Record, given: Any) -> ApiAnswer:
    reason = given.get("locked_reason") if isinstance(given, dict) else None
    if given is not None and ask.version < (2, 73):
        refuse("compute", 400, f"Invalid input for field/attribute lock. Value: {given}. {given} is not of type 'null'")
    owner = "owner" if server["project_id"] == ask.project_id and not ask.admin else "admin"
    change(ask.region, server, locked=owner, locked_reason=reason)
    return ApiAnswer(202)


def _unlock(ask: Request, server: Record, _: object) -> ApiAnswer:
    if server["locked"] == "admin" and not ask.admin:
        _forbid("os_compute_api:os-lock-server:unlock:unlock_override")
    change(ask.region, server, locked=None, locked_reason=None)
    return ApiAnswer(202)


def _forbid(rule: str) -> None:
    refuse("compute", 403, f"Policy doesn't allow {rule} to be performed.")


def _reset(ask: Request, server: Record, given: Any) -> ApiAnswer:
    if not ask.admin:
        _forbid("os_compute_api:os-admin-actions:reset_state")
    state = given.get("state") if isinstance(given, dict) else None
    if state not in {"active", "error"}:
        refuse(
            "compute",
            400,
            f"Invalid input for field/attribute state. Value: {state}. '{state}' is not one of ['active', 'error']",
        )
    change(ask.region, server, vm_state=state, task_state=None)
    return ApiAnswer(202)


def _force_delete(ask: Request, server: Record, _: object) -> ApiAnswer:
    refuse_locked(ask, server)
    refuse_stubborn(ask, server["id"])
    begin_delete(ask.region, server)
    return ApiAnswer(202)


def _restore(ask: Request, server: Record, _: object) -> ApiAnswer:
    refuse_state(server, "restore", ("soft-delete",))
    change(ask.region, server, vm_state="active")
    return ApiAnswer(202)


def _rescue(ask: Request, server: Record, given: Any) -> ApiAnswer:
    """Boot it from a rescue disk (nova 34.0.0, nova/compute/api.py rescue; nova/api/openstack/compute/rescue.py)."""
    refuse_locked(ask, server)
    refuse_state(server, "rescue", ("active", "stopped", "error"))
    change(ask.region, server, task_state="rescuing")
    ask.cloud.later(lambda: settle_power(ask.region, server, "rescued"))
    named = given.get("adminPass") if isinstance(given, dict) else None
    return ApiAnswer(200, {"adminPass": named or "generated"})


def _resize(ask: Request, server: Record, given: Any) -> ApiAnswer:
    """Move it to another flavor, which waits to be confirmed (nova/compute/api.py resize)."""
    refuse_locked(ask, server)
    refuse_state(server, "resize", ("active", "stopped"))
    flavor = given.get("flavorRef") if isinstance(given, dict) else None
    if flavor not in ask.region["flavors"]:
        refuse("compute", 400, f"Flavor {flavor} could not be found.")
    stopped = server["vm_state"] == "stopped"
    change(ask.region, server, task_state="resize_prep", power=4 if stopped else 1, before_resize=server["vm_state"])
    ask.cloud.later(lambda: settle_power(ask.region, server, "resized"))
    return ApiAnswer(202)


def _end_resize(verb: str, status: int) -> Do:
    def act(ask: Request, server: Record, _: object) -> ApiAnswer:
        refuse_locked(ask, server)
        refuse_state(server, verb, ("resized",))
        change(ask.region, server, vm_state=server.get("before_resize") or "active", power=None)
        return ApiAnswer(status)

    return act


ACTIONS: dict[str, Do] = {
    "os-stop": _power("stop", "powering-off", ("active", "error"), "stopped"),
    "os-start": _power("start", "powering-on", ("stopped",), "active"),
    "pause": _power("pause", "pausing", ("active",), "paused"),
    "unpause": _power("unpause", "unpausing", ("paused",), "active"),
    "suspend": _power("suspend", "suspending", ("active",), "suspended"),
    "resume": _power("resume", "resuming", ("suspended",), "active"),
    "shelve": _power("shelve", "shelving", ("active", "stopped", "paused", "suspended"), "shelved_offloaded"),
    "unshelve": _power("unshelve", "unshelving", ("shelved", "shelved_offloaded"), "active"),
    "rescue": _rescue,
    "unrescue": _power("unrescue", "unrescuing", ("rescued",), "active"),
    "resize": _resize,
    "confirmResize": _end_resize("confirmResize", 204),
    "revertResize": _end_resize("revertResize", 202),
    "lock": _lock,
    "unlock": _unlock,
    "os-resetState": _reset,
    "forceDelete": _force_delete,
    "restore": _restore,
    "createImage": create_image,
}


def act(ask: Request, server_id: str) -> ApiAnswer:
    """Do the one action that the body names."""
    given = ask.document()
    if not isinstance(given, dict) or len(given) != 1:
        refuse("compute", 400, "Malformed request body")
    name, value = next(iter(given.items()))
    if name not in ACTIONS:
        refuse("compute", 400, f"There is no such action: {name}")
    return ACTIONS[name](ask, find_server(ask, server_id, acting=True), value)


ROUTES = (Route("POST", "/v2.1/servers/{}/action", act),)
