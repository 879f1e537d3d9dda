"""One way to speak to either target: plain keystoneauth1, raw JSON, no exceptions for refusals."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import requests
from keystoneauth1.adapter import Adapter
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

VERSIONS = {"identity": "3", "compute": "2.1", "network": "2.0", "block-storage": "3", "image": "2"}
TIRED = 60.0  # seconds after which a wait has failed; a busy real cloud boots a server in ten


class Face:
    """One token's view of a cloud: an adapter per service."""

    def __init__(self, session: Session, region: str | None) -> None:
        self.session = session
        self.identity = self._adapter("identity", region)
        self.compute = self._adapter("compute", region)
        self.network = self._adapter("network", region)
        self.volume = self._adapter("block-storage", region)
        self.image = self._adapter("image", region)

    def _adapter(self, service: str, region: str | None) -> Adapter:
        # Identity stands in one region for all, and its version document needs no region either.
        return Adapter(
            self.session,
            service_type=service,
            interface="public",
            region_name=region,
            version=VERSIONS[service],
            raise_exc=False,
            connect_retries=1,
        )


@dataclass(frozen=True)
class Target:
    """A cloud under test and the admin's view of it."""

    name: str
    auth: dict[str, Any]
    region: str | None
    admin: Face

    @classmethod
    def at(cls, name: str, auth: dict[str, Any], region: str | None) -> "Target":
        return cls(name, auth, region, Face(Session(auth=v3.Password(**auth), timeout=120), region))

    @property
    def auth_url(self) -> str:
        return str(self.auth["auth_url"])

    @property
    def admin_project(self) -> str:
        return str(self.admin.session.get_project_id())

    @property
    def old(self) -> bool:
        """Say whether this is a release like 2023.1, whose Nova ends at microversion 2.95, and not like today's."""
        return bool(self.admin.compute.get_endpoint_data().max_microversion < (2, 96))

    def face_of(self, user_id: str, password: str, project_id: str | None) -> Face:
        scope = {"project_id": project_id} if project_id else {"unscoped": True}
        auth = v3.Password(auth_url=self.auth_url, user_id=user_id, password=password, **scope)
        return Face(Session(auth=auth, timeout=120), self.region)

    def sign_in(self, identity: dict[str, Any], scope: Any = None) -> requests.Response:
        body = {"identity": identity} | ({"scope": scope} if scope else {})
        return requests.post(f"{self.auth_url}/auth/tokens", json={"auth": body}, timeout=60)

    def bare(self, service: str, path: str = "", **headers: str) -> requests.Response:
        """Ask without a token, or with one given among the headers."""
        url = getattr(self.admin, service).get_endpoint().rstrip("/") + path
        return requests.get(url, headers=headers, timeout=60, allow_redirects=False)


def password(user_id: str, secret: str) -> dict[str, Any]:
    return {"methods": ["password"], "password": {"user": {"id": user_id, "password": secret}}}


def message_of(answer: requests.Response) -> str:
    """Give the words of a refusal, from whatever each service wraps them in."""
    try:
        body = answer.json()
    except ValueError:
        return " ".join(answer.text.split())
    inside = next(iter(body.values()))
    return str(inside["message"])


def refused(answer: requests.Response, status: int, start: str, kind: str = "") -> None:
    """The answer is this refusal: code, beginning of the text, and Neutron's type where there is one."""
    assert answer.status_code == status, answer.text
    words = message_of(answer)
    assert words.startswith(start) or (answer.text.startswith("<") and start in words), words
    if kind:
        assert answer.json()["NeutronError"] == {"type": kind, "message": words, "detail": ""}


def done(answer: requests.Response, *statuses: int) -> Any:
    """The answer is a success; give its JSON, None without a body."""
    assert answer.status_code in (statuses or (200, 201, 202, 204)), f"{answer.status_code} {answer.text}"
    if answer.content and "json" in answer.headers.get("Content-Type", ""):
        return answer.json()
    return None


def wait_until(true: Callable[[], Any], what: str) -> Any:
    """Ask again and again until something is true; give it."""
    end = monotonic() + TIRED
    pause = 0.02
    while monotonic() < end:
        if found := true():
            return found
        threading.Event().wait(pause)
        pause = min(pause * 1.5, 0.5)
    raise AssertionError(f"in {TIRED:.0f} s it did not happen that {what}")


def pages(adapter: Adapter, path: str, key: str, **options: Any) -> list[list[dict[str, Any]]]:
    """Walk a paged list by the links the service itself gives."""
    walked = []
    following: str | None = path
    while following:
        body = done(adapter.get(following, **options))
        walked.append(body[key])
        following = _next(body, key, adapter)
        assert len(walked) < 500, "a list that never ends"
    return walked


def _next(body: dict[str, Any], key: str, adapter: Adapter) -> str | None:
    if "next" in body:  # Glance: a path from the root of its own
        return str(body["next"]).removeprefix("/v2")
    if isinstance(body.get("links"), dict):  # Keystone
        return body["links"]["next"]
    links = {link["rel"]: link["href"] for link in body.get(f"{key}_links", ())}
    return links.get("next")


def ids(records: list[dict[str, Any]]) -> set[str]:
    return {record["id"] for record in records}
