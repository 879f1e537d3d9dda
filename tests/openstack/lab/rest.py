"""The admin's calls to the lab's APIs: plain JSON with nothing but the standard library."""

import http.client
import json
from contextlib import closing
from typing import Any

from .errors import LabBroke
from .settings import LOOPBACK, PASSWORD, Settings


class Rest:
    """A session of the lab's admin; takes a token at its first call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = ""

    def get(self, service: str, path: str) -> Any:
        """Read; returns the decoded body."""
        return self._call("GET", service, path)

    def post(self, service: str, path: str, body: dict[str, Any]) -> Any:
        """Create; returns the decoded body."""
        return self._call("POST", service, path, body)

    def put(self, service: str, path: str, body: dict[str, Any] | bytes | None = None) -> Any:
        """Put JSON, raw bytes or nothing."""
        return self._call("PUT", service, path, body)

    def _call(self, verb: str, service: str, path: str, body: dict[str, Any] | bytes | None = None) -> Any:
        if not self._token:
            self._token = self._log_in()
        return self._send(verb, service, path, body)[1]

    def _log_in(self) -> str:
        user = {"name": "admin", "password": PASSWORD, "domain": {"id": "default"}}
        auth = {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "admin", "domain": {"id": "default"}}},
        }
        headers, _ = self._send("POST", "keystone", "/v3/auth/tokens", {"auth": auth})
        return str(headers["X-Subject-Token"])

    def _send(
        self, verb: str, service: str, path: str, body: dict[str, Any] | bytes | None
    ) -> tuple[http.client.HTTPMessage, Any]:
        raw = isinstance(body, bytes)
        headers = {
            "User-Agent": "reaper-lab",
            "Content-Type": "application/octet-stream" if raw else "application/json",
        }
        if self._token:
            headers["X-Auth-Token"] = self._token
        payload = json.dumps(body) if isinstance(body, dict) else body
        connection = http.client.HTTPConnection(LOOPBACK, self._settings.port(service), timeout=120)
        with closing(connection):
            connection.request(verb, path, payload, headers)
            answer = connection.getresponse()
            text = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            log = self._settings.logs / f"{service}.log"
            raise LabBroke(f"{verb} {path} of {service} answered {answer.status} {text[:300].decode()}", log)
        return answer.headers, json.loads(text) if text else None
