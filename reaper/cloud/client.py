"""Requests to the services of one cloud: one session, and a wire that reads apart from the one that also writes."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from threading import Event
from typing import Any

import requests
from keystoneauth1 import discover, exceptions
from keystoneauth1.adapter import Adapter
from keystoneauth1.session import Session

from reaper.cloud.capabilities import Capabilities
from reaper.cloud.catalog import Catalog, regions_in
from reaper.cloud.dialect.endpoint import BARE_NOVA, HEADERS, TODAY, Endpoint, endpoint_of
from reaper.cloud.dialect.v2_auth import token_of
from reaper.cloud.entry import Entry
from reaper.cloud.http_errors import error_at_the_door, error_in_between, error_of
from reaper.cloud.list_scope import ListScope
from reaper.cloud.transport import ReadOnlyTransport, Transport
from reaper.errors import Permanent, Temporary, Unusable

Params = Mapping[str, str | list[str]]

#: The newest versions that are understood. Nova: lock reason (2.73), down cells shown (2.69), flavor embedded (2.47).
#: Cinder: a volume's group (3.13), the owners of backups (3.18) and of groups (3.58), transfers' new path (3.55).
VERSIONS = {"compute": (2, 73), "block-storage": (3, 59)}
#: The role that every service's default policy lets see and remove what belongs to others.
ADMIN = "admin"
PROJECT_AT_END = re.compile(r"/[0-9a-f]{32}/?$")
CONNECT_RETRIES = 1
STATUS_RETRIES, RETRIED = 2, (413, 429, 503)  # until 2014 Nova said 413 for 429


class Client:
    """A cloud's services, to read from. It has no method but `get`."""

    def __init__(self, entry: Entry, workers: int, timeout: float) -> None:
        # keystoneauth warns about each retry; without a handler anywhere Python would print that on stderr.
        logging.getLogger("keystoneauth").addHandler(logging.NullHandler())
        self.entry = entry
        self.workers = workers
        self._session = Session(
            auth=entry.auth, session=self._transport(workers), verify=entry.verify, cert=entry.cert, timeout=timeout,
            app_name="openstack-reaper",
        )  # fmt: skip
        self._request_id = f"req-{uuid.uuid4()}"
        self.capabilities = Capabilities()
        self.list_scope = ListScope()
        self._timeout = timeout
        self._adapters: dict[tuple[str, str | None], Adapter] = {}
        self._voices: dict[tuple[str, str | None], Endpoint] = {}
        self._bare: set[tuple[str, str]] = set()  # services and regions that have no microversions
        self._catalog = Catalog()
        self._met: dict[tuple[str, str | None], Event] = {}

    @staticmethod
    def _transport(workers: int) -> Transport:
        return ReadOnlyTransport(workers)

    def access(self) -> Any:
        """Return keystoneauth's view of the token, which is fetched when there is none yet.

        The token must show the whole cloud: with any other one Neutron, Cinder and Glance leave out what belongs to
        others and call it a complete list.

        Raises:
            Unusable: the credentials or the entry are wrong, or the token is not an admin's on a project.
            Temporary: Keystone is away.
        """
        try:
            self.entry, access = token_of(self.entry, self._session)
        except exceptions.ClientException as error:
            raise error_at_the_door(error, self.entry.name, self.entry.auth_url) from error
        if not access.project_scoped:
            raise Unusable(f"cloud {self.entry.name}: the entry in clouds.yaml must name a project (`project_name`)")
        if ADMIN not in map(str.lower, access.role_names):
            raise Unusable(f"cloud {self.entry.name}: the user of the entry needs the role `{ADMIN}` on its project")
        return access

    def own_project(self) -> str:
        """Return the id of the project that the token is scoped to."""
        return str(self.access().project_id)

    def regions_of_catalog(self) -> tuple[str, ...]:
        """List the regions in which the catalog has anything, sorted."""
        return regions_in(self.access())

    def offers(self, service: str, region: str) -> bool:
        """Tell whether the region has such a service at all.

        Raises:
            Unusable: the catalog is empty or does not know the region or the interface, so that nothing can be said.
            Temporary: the catalog names the service no longer, so that nobody knows what it still holds.
        """
        offered = self._catalog.names(self.access(), self.entry, service, region)
        if self.capabilities.vanished(service, region, offered=offered):
            raise Temporary(f"cloud {self.entry.name}: the catalog names {service} in {region} no longer")
        return offered

    def endpoint(self, service: str, region: str | None) -> Endpoint:
        """Tell how a service is spoken to. Raises as `access`."""
        key = (service, region)
        if key not in self._voices:
            look = partial(self._look, region=region)
            self._voices[key] = endpoint_of(service, region, self.access(), self.entry.interface, look)
        return self._voices[key]

    def api_generation(self, service: str, region: str | None) -> str:
        """Tell in which words a service tells of its kinds, see `dialect`. Raises as `microversion`."""
        if service == "compute" and region is not None:
            return TODAY if self.microversion(region) else BARE_NOVA
        return self.endpoint(service, region).api_generation

    def microversion(self, region: str, service: str = "compute") -> tuple[int, int] | None:
        """Return the version to ask of a service: the newest that both sides know; None where it has none.

        Raises:
            Temporary: the service does not show its version document. Keystoneauth would then speak the oldest
                version, in which locks, silent cells and the owners of some kinds cannot be seen.
        """
        if (service, region) in self._bare or self.endpoint(service, region).api_generation != TODAY:
            return None
        newest = self._ends(service, region).max_microversion
        if newest is None:
            # Keystoneauth passes over a version document that is not there.
            self.versions_at(PROJECT_AT_END.sub("", self._ends(service, region).url), _named(service, region))
            newest = self._ends(service, region).max_microversion
        if newest is None:
            self._bare.add((service, region))
            return None
        major, minor = discover.normalize_version_number(newest)[:2]
        return min((int(major), int(minor)), VERSIONS[service])

    def get(
        self, service: str, region: str | None, path: str, params: Params | None = None, project: str | None = None
    ) -> Any:
        """Ask a service (region None: Keystone) and return its JSON; `project` stands in the address for our own.

        Raises:
            ReaperError: of whichever kind, when there is no such answer.
        """
        response = self._ask("GET", service, region, path, project, params=dict(params or {}))
        try:
            return response.json()
        except ValueError as error:
            raise Temporary(
                f"{_named(service, region)}: GET {path} was answered with something that is not JSON"
            ) from error

    def told_of(self, token: str) -> Any:
        """Return what Keystone says that somebody's token stands for. Raises as `get`; Gone: it stands for nothing."""
        about = {"X-Subject-Token": token}
        return self._ask("GET", "identity", None, "/auth/tokens", params={"nocatalog": ""}, headers=about).json()

    def _ask(
        self, method: str, service: str, region: str | None, path: str, project: str | None = None, **more: Any
    ) -> requests.Response:
        asked = f"{_named(service, region)}: {method} {path or '/'}"
        self.access()  # a failure here is one at the door
        if service in VERSIONS and region is not None and (version := self.microversion(region, service)):
            more["microversion"] = ".".join(map(str, version))
        if service in HEADERS:
            more["headers"] = {**HEADERS[service], **more.get("headers", {})}
        if project:
            more["endpoint_override"] = self._address_of(project, service, region)
        try:
            response: requests.Response = self._adapter(service, region).request(path, method, raise_exc=False, **more)
        except exceptions.ClientException as error:
            raise error_in_between(error, asked) from error
        if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
            terse = response.status_code == HTTPStatus.NOT_FOUND and self.api_generation(service, region) != TODAY
            raise error_of(response, asked, service=service, method=method, terse=terse)
        return response

    def _ends(self, service: str, region: str | None) -> Any:
        asked = f"{_named(service, region)}: its version document"
        self.access()
        try:
            found = self._adapter(service, region).get_endpoint_data()
        except exceptions.ClientException as error:
            raise error_in_between(error, asked) from error
        if found is None:
            raise Temporary(f"{asked} cannot be read")
        return found

    def _address_of(self, project: str, service: str, region: str | None) -> str:
        """Return the service's endpoint with another project in the place of our own: Heat's and Swift's way.

        Raises:
            Permanent: the endpoint in the catalog names no project.
        """
        url, own = str(self._ends(service, region).url), self.own_project()
        if own not in url:
            raise Permanent(
                f"{_named(service, region)}: its endpoint names no project, so that those of others cannot be asked for"
            )
        return url.replace(own, project)

    def versions_at(self, url: str, whose: str) -> Any:
        """Return the version document at an address. Raises Temporary."""
        try:
            return discover.get_version_data(self._session, url)
        except exceptions.ClientException as error:
            raise Temporary(str(error_in_between(error, f"{whose}: its version document"))) from error

    def _adapter(self, service: str, region: str | None) -> Adapter:
        """Build it once per service and region; two threads that both do so build equal ones.

        Whoever comes first reads the service's versions, which keystoneauth keeps; the others wait for that once,
        or each of them would read them.
        """
        key = (service, region)
        if key not in self._adapters:
            self._adapters[key] = self._speaking(self.endpoint(service, region), region, self.entry.override(service))
        mine = Event()
        first = self._met.setdefault(key, mine)
        if first is mine:
            try:
                self._adapters[key].get_endpoint_data()
            except exceptions.ClientException:
                pass  # whoever asks meets the same and says so
            finally:
                mine.set()
        first.wait(self._timeout)
        return self._adapters[key]

    def _speaking(self, endpoint: Endpoint, region: str | None, override: str | None = None) -> Adapter:
        return Adapter(
            self._session, service_type=endpoint.service_type, region_name=region,
            interface=endpoint.interface or self.entry.interface, endpoint_override=override or endpoint.address,
            min_version=endpoint.major, max_version=f"{endpoint.major}.latest" if endpoint.major else None,
            connect_retries=CONNECT_RETRIES, status_code_retries=STATUS_RETRIES, retriable_status_codes=RETRIED,
            client_name="openstack-reaper", global_request_id=self._request_id,
        )  # fmt: skip

    def _look(self, endpoint: Endpoint, region: str | None) -> Any:
        """See what a voice would lead to; None: there is no such version, or nobody answers."""
        try:
            return self._speaking(endpoint, region).get_endpoint_data()
        except exceptions.ClientException:
            return None


class WritingClient(Client):
    """The same with the methods that change something."""

    @staticmethod
    def _transport(workers: int) -> Transport:
        return Transport(workers)

    def post(self, service: str, region: str | None, path: str, body: Any) -> None:
        """Send a POST, as Nova's and Cinder's actions are. Raises as `get`."""
        self._ask("POST", service, region, path, json=body)

    def post_for(self, service: str, region: str | None, path: str, body: Any) -> tuple[Any, str]:
        """Send a POST that makes something; returns its JSON, None for none, and its Location. Raises as `get`.

        It is sent once: what got no answer may have been made all the same.
        """
        response = self._ask("POST", service, region, path, json=body, connect_retries=0, status_code_retries=0)
        try:
            told = response.json()
        except ValueError:
            told = None
        return told, response.headers.get("Location", "")

    def post_text(self, service: str, region: str, path: str, text: str, project: str) -> Any:
        """Send lines of text for another project; returns the JSON that comes back, None for none. Raises as `get`."""
        headers = {"Content-Type": "text/plain", "Accept": "application/json"}
        response = self._ask("POST", service, region, path, project, data=text.encode(), headers=headers)
        try:
            return response.json()
        except ValueError:
            return None

    def put(self, service: str, region: str | None, path: str, body: Any) -> None:
        """Send a PUT. Raises as `get`."""
        self._ask("PUT", service, region, path, json=body)

    def patch(self, service: str, region: str | None, path: str, body: Any, media: str = "application/json") -> None:
        """Send a PATCH. Raises as `get`."""
        self._ask("PATCH", service, region, path, json=body, headers={"Content-Type": media})

    def delete(
        self, service: str, region: str | None, path: str, params: Params | None = None, project: str | None = None
    ) -> None:
        """Send a DELETE. Raises as `get`."""
        self._ask("DELETE", service, region, path, project, params=dict(params or {}))


def _named(service: str, region: str | None) -> str:
    return f"{service} in {region}" if region else service
