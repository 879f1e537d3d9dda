"""The routes below /v1: what programs ask, decided by the same desk as the page."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import tzinfo
from http import HTTPStatus
from itertools import dropwhile, islice
from typing import TypeVar

from flask import Flask, Response, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from reaper.errors import Gone, ReaperError, Unusable
from reaper.lifecycle import NotAway, NotRenewed
from reaper.model import Caller, Tenant
from reaper.operations import SelfService, end_of_day
from reaper.ports import Ledger
from reaper.web.api.access import Access
from reaper.web.api.models import AwayRequest, LeaseList, RenewRequest, RequestBody, lease_of
from reaper.web.api.openapi import LIMIT, MOST, document
from reaper.web.api.problems import ApiRefusal
from reaper.web.api.token_checks import TokenChecks
from reaper.web.throttle import Throttle

_log = logging.getLogger(__name__)
PREFIX = "/v1/"
Q = TypeVar("Q", bound=RequestBody)
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Api:
    """One method per operation. `zone` is the one in which a day of absence ends."""

    desk: SelfService
    ledger: Ledger
    access: Access
    zone: tzinfo
    throttle: Throttle
    checks: TokenChecks

    def list_all(self) -> Response:
        """List the leases that the caller may see."""
        cloud, caller = self._who("limit", "marker")
        limit, marker = _limit(), request.args.get("marker")
        if not self.access.is_admin(caller):
            found = [self.access.check(caller, self._find(cloud, caller.project_id or ""), writes=False)]
            return self._listed(found, None)
        every = self.ledger.tenants(cloud)
        if marker is not None:
            every = dropwhile(lambda tenant: tenant.project_id != marker, every)
            if next(every, None) is None:
                raise ApiRefusal(HTTPStatus.NOT_FOUND, "no-such-marker", "no lease has this marker; begin without one")
        some = list(islice(every, limit + 1))
        return self._listed(some[:limit], some[limit - 1].project_id if len(some) > limit else None)

    def show(self, project_id: str) -> Response:
        """Show one lease."""
        return self._lease(self._asked_for(project_id, writes=False)[1])

    def renew(self, project_id: str) -> Response:
        """Renew one lease by its rules."""
        caller, tenant = self._asked_for(project_id, writes=True)
        answer = self.desk.renew_named(tenant.id, _by(caller), _sent(RenewRequest).seen)
        if isinstance(answer, NotRenewed):
            raise ApiRefusal(
                HTTPStatus.CONFLICT, "not-renewed", f"the rule {answer.rule} of the lease stands against it",
                rule=answer.rule, opens_at=answer.opens_at,
            )  # fmt: skip
        return self._lease(answer.tenant)

    def away(self, project_id: str) -> Response:
        """Let one lease wait until a day is over."""
        caller, tenant = self._asked_for(project_id, writes=True)
        latest = self.desk.show_ledger([tenant])[0].away_until
        until = end_of_day(_sent(AwayRequest).until, self.zone, None if isinstance(latest, NotAway) else latest)
        answer = self.desk.away_named(tenant.id, until, _by(caller))
        if isinstance(answer, NotAway):
            raise ApiRefusal(
                HTTPStatus.CONFLICT, "not-away", f"the rule {answer.rule} of the lease stands against it",
                rule=answer.rule, latest=answer.latest,
            )  # fmt: skip
        return self._lease(answer.tenant)

    def openapi(self) -> Response:
        """Describe all this."""
        return Response(document(), content_type="application/json")

    def failed(self, error: Exception) -> Response:
        """Turn whatever went wrong into a problem; what exactly is for the log."""
        if isinstance(error, ApiRefusal):
            return error.response()
        if isinstance(error, HTTPException):
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            answer = ApiRefusal(status, status.phrase.lower().replace(" ", "-"), error.description or "").response()
            answer.headers.extend((k, v) for k, v in error.get_headers() if k == "Allow")
            return answer
        if isinstance(error, ReaperError):
            _log.warning("%s cannot be answered now: %s", request.endpoint, error)
            return ApiRefusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "try-later", "this cannot be answered just now"
            ).response()
        _log.error("%s is broken", request.endpoint, exc_info=error)
        return ApiRefusal(HTTPStatus.INTERNAL_SERVER_ERROR, "broken", "something went wrong on our side").response()

    def _asked_for(self, project_id: str, *, writes: bool) -> tuple[Caller, Tenant]:
        cloud, caller = self._who()
        return caller, self.access.check(caller, self._find(cloud, project_id), writes=writes)

    def _who(self, *parameters: str) -> tuple[str, Caller]:
        token, address = request.headers.get("X-Auth-Token", ""), request.remote_addr or ""
        if not token:
            raise ApiRefusal(HTTPStatus.UNAUTHORIZED, "no-token", "send a Keystone token in the header X-Auth-Token")
        unknown = sorted(set(request.args) - {"cloud", *parameters})
        if unknown:
            raise ApiRefusal(HTTPStatus.BAD_REQUEST, "unknown-parameter", f"there is no parameter {unknown[0]!r}")
        cloud = self.access.cloud(request.args.get("cloud"))
        return cloud, self.access.caller(cloud, token, address, self.throttle, self.checks)

    def _find(self, cloud: str, project_id: str) -> Tenant | None:
        try:
            found = self.ledger.find(project_id, cloud) if project_id else None
        except (Unusable, Gone):
            return None
        return found if found is not None and (found.cloud, found.project_id) == (cloud, project_id) else None

    def _lease(self, tenant: Tenant) -> Response:
        (shown,) = map(lease_of, self.desk.show_ledger([tenant]))
        return Response(shown.model_dump_json(), content_type="application/json")

    def _listed(self, tenants: list[Tenant], marker: str | None) -> Response:
        shown = LeaseList(leases=[lease_of(view) for view in self.desk.show_ledger(tenants)], next=marker)
        return Response(shown.model_dump_json(), content_type="application/json")


def register(app: Flask, api: Api) -> None:
    """Add the routes to an app."""
    app.add_url_rule("/v1/openapi.json", "openapi", api.openapi)
    app.add_url_rule("/v1/leases", "api_list", api.list_all)
    app.add_url_rule("/v1/leases/<project_id>", "api_show", api.show)
    app.add_url_rule("/v1/leases/<project_id>/renew", "api_renew", api.renew, methods=["POST"])
    app.add_url_rule("/v1/leases/<project_id>/away", "api_away", api.away, methods=["POST"])


def _limit() -> int:
    text = request.args.get("limit", str(LIMIT))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        raise ApiRefusal(HTTPStatus.BAD_REQUEST, "wrong-limit", f"the limit is a number from 1 to {MOST}")
    return int(text)


def _sent(kind: type[Q]) -> Q:
    """Read the body; none at all is an empty object."""
    body = request.get_data()
    if body and request.mimetype != "application/json":
        raise ApiRefusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-json", "send application/json")
    try:
        return kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise ApiRefusal(HTTPStatus.BAD_REQUEST, "wrong-body", f"{where}: {first['msg']}") from error


def _by(caller: Caller) -> str:
    name = "".join(c for c in caller.user if c.isprintable())[:_LONGEST_NAME]
    return f"{name} ({caller.user_id[:64]}) through the API"
