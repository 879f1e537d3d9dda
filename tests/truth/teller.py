"""Tells a story of requests to a cloud, the simulator or a real one, and keeps what was asked and answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.contract.cloud import Face, Target
from tests.contract.tenant import Tenant

NOWHERE = "00000000-0000-0000-0000-000000000000"
SERVICES = ("identity", "compute", "network", "volume", "image")
# What clients go by; the rest is the server's own business.
HEADERS = (
    "Content-Type",
    "Location",
    "OpenStack-API-Version",
    "WWW-Authenticate",
    "X-OpenStack-Request-ID",
    "X-Subject-Token",
)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    name: str
    asked: dict[str, Any]
    status: int
    headers: dict[str, str]
    body: Any
    ordered: bool


@dataclass(frozen=True)
class Cloud:
    """A cloud that stories are told to: `hold(kind, id)` keeps what is deleted in sight until the block ends."""

    target: Target
    hold: Callable[[str, str], Any]


@dataclass
class Teller:
    """One story: its tenants, the names of what it made, and the exchanges so far."""

    cloud: Cloud
    tenant: Tenant
    other: Tenant
    exchanges: list[Exchange] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def target(self) -> Target:
        """The cloud as the contract's tests know it."""
        return self.cloud.target

    def call(self, name: str, thing: Any) -> Any:
        """Give a name to something with an id; it stands for the id in the record."""
        self.names[thing["id"] if isinstance(thing, dict) else str(thing)] = f"<{name}>"
        return thing

    def ask(
        self, name: str, service: str, path: str, method: str = "GET", *, face: Face | None = None, **options: Any
    ) -> Any:
        """Send a request, as the admin unless another face is given, and keep the exchange; returns the answer's body.

        `ordered` says that the order of a list in the answer is part of the truth.
        """
        ordered = options.pop("ordered", False)
        adapter = getattr(face or self.target.admin, service)
        answer = adapter.request(path, method, **options)
        asked = {"method": method, "service": service, "path": path} | options
        return self._keep(name, asked, answer, ordered=ordered)

    def ask_bare(self, name: str, url: str, **options: Any) -> Any:
        """Send a request without a token."""
        method = options.pop("method", "GET")
        answer = requests.request(method, url, timeout=60, allow_redirects=False, **options)
        return self._keep(name, {"method": method, "path": url} | options, answer, ordered=False)

    def _keep(self, name: str, asked: dict[str, Any], answer: requests.Response, *, ordered: bool) -> Any:
        headers = {key: answer.headers[key] for key in HEADERS if key in answer.headers}
        body: Any = answer.text
        if answer.content and "json" in answer.headers.get("Content-Type", ""):
            body = answer.json()
        self.exchanges.append(Exchange(name, asked, answer.status_code, headers, body, ordered))
        return body


Story = Callable[[Teller], None]


@contextmanager
def told(cloud: Cloud, story: Story) -> Iterator[Teller]:
    """Tell a story with two tenants of its own, which are removed afterwards."""
    tenant, other = Tenant(cloud.target), Tenant(cloud.target)
    teller = Teller(cloud, tenant, other)
    teller.names |= {NOWHERE: "<nowhere>", NOWHERE.replace("-", ""): "<nowhere>"}
    for number, one in enumerate((tenant, other), 1):
        teller.names |= {one.name: f"<tenant {number}>", one.project_id: f"<project {number}>"}
        teller.names |= {one.user_id: f"<user {number}>"}
    try:
        story(teller)
        yield teller
    finally:
        for one in (tenant, other):
            one.remove()
