"""The way of a request: which service and region, faults, latency, token, microversion, route, record."""

import re
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from reaper.simulator.calls import Calls, RecordedCall
from reaper.simulator.exchange import (
    UNAUTHENTICATED,
    ApiAnswer,
    ApiError,
    Record,
    Request,
    Route,
    Table,
    refusal,
    refuse,
)
from reaper.simulator.faults import Fault, Faults
from reaper.simulator.release import Release
from reaper.simulator.state import CloudState, Region

UNVERIFIED = (
    "This server could not verify that you are authorized to access the document you requested. Either you supplied "
    "the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials "
    "required."
)


@dataclass(slots=True)
class Front:
    """All the services of a release behind one socket."""

    release: Release
    cloud: CloudState
    calls: Calls
    faults: Faults
    latency: float
    root: str = ""

    def respond(
        self, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
    ) -> ApiAnswer | None:
        """Answer one request, None to drop the connection; every request is recorded."""
        region, place, rest = self._place(path)
        service = self.release.service(place)
        fault = self.faults.falling(service, method, f"{path}?{query}" if query else path, region.name)
        wait = self.latency + (fault.delay if fault else 0.0)
        if wait > 0:
            time.sleep(wait)
        prefix = path[: len(path) - len(rest)]
        ask = Request(
            self.cloud, region, service, method, rest.rstrip("/") or "/", query, headers, content, self.root + prefix
        )
        answer = self._answer(ask, fault, place)
        self._record(ask, path, query, answer)
        return answer

    def _answer(self, ask: Request, fault: Fault | None, place: str) -> ApiAnswer | None:
        if fault is None or fault.late:
            answer = self._true_answer(ask, fault, place)
        if fault is not None and fault.drop:
            return None
        replaced = fault.answer(ask.service) if fault is not None else None
        if replaced is not None:
            return replaced
        return answer if fault is None or fault.late else self._true_answer(ask, fault, place)

    def _record(self, ask: Request, path: str, query: str, answer: ApiAnswer | None) -> None:
        token = self.cloud.tokens.get(ask.headers.get("x-auth-token", ""))
        self.calls.append(
            RecordedCall(
                self.cloud.clock.now(),
                ask.method,
                f"{path}?{query}" if query else path,
                answer.status if answer else 0,
                token.project_id if token else "",
                ask.service,
                ask.region.name,
            )
        )

    def _place(self, path: str) -> tuple[Region, str, str]:
        parts = path.split("/", 3)
        region = self.cloud.regions.get(parts[1]) if len(parts) > 1 else None
        if region is not None:
            path = "/" + "/".join(parts[2:])
        service, _, rest = path[1:].partition("/")
        return region or self.cloud.home, service, "/" + rest if rest or path.endswith("/") else ""

    def _true_answer(self, ask: Request, fault: Fault | None, place: str) -> ApiAnswer:
        table = self.release.tables.get(place)
        if table is None:
            return ApiAnswer(404, text="404 Not Found", media="text/html")
        with self.cloud.lock:
            self.cloud.work.settle()
            try:
                answer = self._routed(ask, table)
            except ApiError as refused:
                answer = refused.answer
            except Exception:  # noqa: BLE001 - a fault of the simulator is answered as services answer their own: 500
                self.cloud.traps["simulator_crashed"] += 1
                answer = refusal(ask.service, 500, traceback.format_exc())
            answer = self.release.reword(ask, answer)
            return (fault.bend(answer, ask.service) if fault else answer).written(_version_headers(ask))

    def _routed(self, ask: Request, table: Table) -> ApiAnswer:
        found = table.find(ask.method, self._without_project(ask))
        if found is None or found[0].who is not None:
            ask.token = self.release.alive(self.cloud, ask.headers.get("x-auth-token", ""))
            if ask.token is None:
                return self._unauthorized(ask)
        if found is None:
            return _nowhere(ask)
        if ask.marks and ask.marks[0] != ask.project_id:
            refuse(ask.service, 400, "Malformed request url")
        self._read_version(ask)
        route, ids = found
        if route.who == "admin" and not ask.admin:
            _forbid(ask, route)
        return route.act(ask, *ids)

    def _unauthorized(self, ask: Request) -> ApiAnswer:
        headers = {"WWW-Authenticate": f'Keystone uri="{self.root}/{self.release.auth_path}"'}
        if ask.service == "image":
            page = refusal("image", 400, UNVERIFIED).text.replace("400 Bad Request", "401 Unauthorized")
            return ApiAnswer(401, text=page, media="text/html; charset=UTF-8", headers=headers)
        return ApiAnswer(401, refusal(ask.service, 401, UNAUTHENTICATED).document, headers=headers)

    def _without_project(self, ask: Request) -> str:
        match = self.release.with_project.match(ask.path) if self.release.carries_project(ask.service) else None
        if match is None:
            return ask.path
        ask.marks = (match[2],)
        return f"/{match[1]}{match[3]}"

    def _read_version(self, ask: Request) -> None:
        if ask.service not in self.release.versions:
            return
        least, most = self.release.versions[ask.service]
        text = _version_text(ask)
        ask.version = most if text == "latest" else least
        if text in {None, "latest"}:
            return
        match = re.fullmatch(r"(\d+)\.(\d+)", text or "")
        if match is None:
            refuse(
                ask.service,
                400,
                f"API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum.",
            )
        ask.version = (int(match[1]), int(match[2]))
        if not least <= ask.version <= most:
            message = (
                f"Version {text} is not supported by the API. Minimum is {least[0]}.{least[1]} and maximum is "
                f"{most[0]}.{most[1]}."
            )
            refuse(ask.service, 406, message)


def _nowhere(ask: Request) -> ApiAnswer:
    if ask.service == "network":
        return refusal("network", 404, "The resource could not be found.", "HTTPNotFound")
    page = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    return ApiAnswer(404, text=page, media="text/html; charset=utf-8")


def _forbid(ask: Request, route: Route) -> None:
    if ask.service == "identity":
        refuse("identity", 403, f"You are not authorized to perform the requested action: {route.rule}.")
    if ask.service == "network":
        refuse("network", 403, f"{route.rule} is disallowed by policy", "PolicyNotAuthorized")
    refuse(ask.service, 403, f"Policy doesn't allow {route.rule} to be performed.")


def _version_text(ask: Request) -> str | None:
    for one in ask.headers.get("openstack-api-version", "").split(","):
        name, _, number = one.strip().partition(" ")
        if name == ask.service:
            return number.strip()
    return ask.headers.get("x-openstack-nova-api-version") if ask.service == "compute" else None


def _version_headers(ask: Request) -> Record:
    if ask.version == (0, 0):
        return {}
    number = f"{ask.version[0]}.{ask.version[1]}"
    told = {"OpenStack-API-Version": f"{ask.service} {number}", "Vary": "OpenStack-API-Version"}
    return told | ({"X-OpenStack-Nova-API-Version": number} if ask.service == "compute" else {})
