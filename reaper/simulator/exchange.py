"""One request and one answer, and the refusals of each service in its own words."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from reaper.simulator.state import CloudState, IssuedToken, Region

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What goes back: a status, a JSON document or text, and headers."""

    status: int
    document: Any = None
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json"

    def written(self, headers: Mapping[str, str]) -> "ApiAnswer":
        """Turn the document into text, while nobody can change what it is made of, and add headers."""
        text = self.text if self.document is None else json.dumps(self.document)
        return ApiAnswer(self.status, None, text, {**self.headers, **headers}, self.media)

    def body(self) -> bytes:
        """Give the bytes for the wire."""
        return self.text.encode() if self.document is None else json.dumps(self.document).encode()


class ApiError(Exception):
    """A request ends here with this answer."""

    def __init__(self, answer: ApiAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Request:
    """One request after routing: who asks, of which service and region, and for what."""

    cloud: "CloudState"
    region: "Region"
    service: str
    method: str
    path: str
    rawquery: str
    headers: Mapping[str, str]
    content: bytes
    base: str
    token: "IssuedToken | None" = None
    version: tuple[int, int] = (0, 0)
    marks: tuple[str, ...] = ()
    # The query as pairs, in order, empty values kept.
    query: list[tuple[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.query = parse_qsl(self.rawquery, keep_blank_values=True)

    def asked(self, name: str) -> str | None:
        """Give the last value of a query key, None when it is not there."""
        values = [value for key, value in self.query if key == name]
        return values[-1] if values else None

    def document(self) -> Any:
        """Give the request's JSON body; an empty body is an empty object."""
        if not self.content:
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            refuse(self.service, 400, "Malformed request body")

    def wrapped(self, key: str) -> Record:
        """Give the object that the body wraps in its kind's name."""
        document = self.document()
        inside = document.get(key) if isinstance(document, dict) else None
        if not isinstance(inside, dict):
            refuse(self.service, 400, f"Malformed request body: {key} is missing")
        return inside

    @property
    def who(self) -> "IssuedToken":
        """Give the caller's token; routes that need one are guarded before."""
        if self.token is None:
            refuse(self.service, 401, UNAUTHENTICATED)
        return self.token

    @property
    def admin(self) -> bool:
        """Say whether the caller holds the admin role, and the service's own rule takes that for enough."""
        return self.token is not None and "admin" in self.token.roles and self.service not in self.cloud.narrow

    @property
    def project_id(self) -> str:
        """Give the caller's project, '' for an unscoped token."""
        return self.who.project_id


UNAUTHENTICATED = "The request you have made requires authentication."
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
# The words webob's fault wrappers of Nova and Cinder put round a message.
FAULTS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    406: "computeFault",
    409: "conflictingRequest",
    413: "overLimit",
    500: "computeFault",
    503: "serviceUnavailable",
}
PAGE = (
    "<html>\n <head>\n  <title>{0} {1}</title>\n </head>\n <body>\n  <h1>{0} {1}</h1>\n  {2}<br /><br />\n\n\n\n"
    " </body>\n</html>"
)


def refusal(service: str, status: int, message: str, kind: str = "") -> ApiAnswer:
    """Word a refusal as the service does; `kind` is Neutron's exception name."""
    title = TITLES.get(status, "Error")
    if status == UNAUTHORIZED or service == "identity":
        return ApiAnswer(status, {"error": {"code": status, "message": message, "title": title}})
    if service == "image":
        return ApiAnswer(status, text=PAGE.format(status, title, message), media="text/html; charset=UTF-8")
    if service == "network":
        return ApiAnswer(status, {"NeutronError": {"type": kind or "HTTPError", "message": message, "detail": ""}})
    return ApiAnswer(status, {FAULTS.get(status, "computeFault"): {"code": status, "message": message}})


UNAUTHORIZED = 401


def refuse(service: str, status: int, message: str, kind: str = "") -> NoReturn:
    """End the request with a refusal."""
    raise ApiError(refusal(service, status, message, kind))


Act = Callable[..., ApiAnswer]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of a service's table: `{}` in the path stands for an id that is handed on."""

    method: str
    path: str
    act: Act
    # None: nobody; "any": a token will do; "admin": refused with the service's 403 otherwise
    who: str | None = "any"
    rule: str = ""


class Table:
    """The routes of one service, looked up by method and number of path parts."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._rows: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for route in routes:
            parts = tuple(route.path.strip("/").split("/"))
            self._rows.setdefault((route.method, len(parts)), []).append((parts, route))

    def find(self, method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
        """Find the route and the ids in the path; literal rows stand before rows with `{}`."""
        asked = path.strip("/").split("/")
        for parts, route in self._rows.get((method, len(asked)), ()):
            if all(part in ("{}", given) for part, given in zip(parts, asked, strict=True)):
                return route, tuple(given for part, given in zip(parts, asked, strict=True) if part == "{}")
        return None
