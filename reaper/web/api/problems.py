"""What stands in a program's way, as RFC 9457 problems."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Response

from reaper.web.api.models import Problem

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = {HTTPStatus.SERVICE_UNAVAILABLE: "5", HTTPStatus.TOO_MANY_REQUESTS: "600"}  # seconds


class ApiRefusal(Exception):  # noqa: N818 - an answer, not a fault
    """A problem on its way out of a route."""

    def __init__(
        self,
        status: HTTPStatus,
        kind: str,
        detail: str,
        *,
        rule: str | None = None,
        opens_at: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(
            type=f"/v1/problems/{kind}", title=kind.replace("-", " ").capitalize(), status=status.value, detail=detail,
            rule=rule, opens_at=opens_at, latest=latest,
        )  # fmt: skip

    def response(self) -> Response:
        """Make the answer."""
        status = HTTPStatus(self.problem.status)
        answer = Response(self.problem.model_dump_json(exclude_none=True), status, content_type=MEDIA_TYPE)
        if status in _RETRY_AFTER:
            answer.headers["Retry-After"] = _RETRY_AFTER[status]
        if status is HTTPStatus.UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = "Keystone"
        return answer
