"""An administrator's session on one cloud, with nothing of Reaper's, for those who compete and who only look."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from keystoneauth1.session import Session
from openstack.config import OpenStackConfig


@dataclass(frozen=True)
class Admin:
    """The account of an entry of a clouds.yaml."""

    session: Session
    region: str | None

    @classmethod
    def connect(cls, entry: str, clouds_yaml: Path, agent: str) -> Admin:
        """Log in; the services' logs tell the requests by `agent`."""
        found = OpenStackConfig(config_files=[str(clouds_yaml)]).get_one(cloud=entry)
        session = found.get_session()
        session.app_name = agent
        return cls(session, found.get_region_name())

    def send(self, method: str, service: str, path: str, body: Any = None) -> Any:
        """Return the decoded answer, empty where there is none; what is gone already is no error."""
        where = {"service_type": service, "interface": "public", "region_name": self.region}
        answer = self.session.request(path, method, json=body, endpoint_filter=where, raise_exc=False)
        if answer.status_code >= HTTPStatus.BAD_REQUEST and answer.status_code != HTTPStatus.NOT_FOUND:
            raise RuntimeError(f"{method} {path} of {service}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content and answer.status_code == HTTPStatus.OK else {}
