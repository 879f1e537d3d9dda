"""The routes: what an address answers. Only a POST changes anything."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from reaper.errors import ReaperError
from reaper.letters import KNOWN
from reaper.letters.languages import spelled
from reaper.lifecycle import NotRenewed
from reaper.renewal import Desk, Done, Stranger, Unknown, View
from reaper.web.headers import guard, policy_for
from reaper.web.pages import Pages, preferred
from reaper.web.throttle import Throttle

_log = logging.getLogger(__name__)
_BY = "the renewal link"
_RETRY_AFTER = "30"  # seconds


def create_app(
    desk: Desk,
    *,
    cloud_title: str,
    support_contact: str | None,
    words: Path,
    languages: Sequence[str] = KNOWN,
    zone: tzinfo = UTC,
    health: Callable[[], Mapping[str, object]] | None = None,
    metrics: Callable[[], bytes] | None = None,
) -> Flask:
    """Build the app. `languages` begins with the one that stands in for others; `words` is the folder of the pages.

    `health` returns what /healthz tells, with "ok" false for a 503; `metrics` what /metrics tells, in Prometheus' text.

    Raises:
        Unusable: the folder of the pages is incomplete or broken.
    """
    pages = Pages(words, languages, cloud_title=cloud_title, contact=support_contact, zone=zone)
    answers = _Answers(desk, pages, Throttle(desk.clock.now), languages[0])
    app = Flask("reaper.web", static_folder=None, template_folder=None)
    app.add_url_rule("/", "nothing", answers.nothing)
    app.add_url_rule("/lease/<token>", "lease", answers.lease)
    app.add_url_rule("/lease/<token>/renew", "renew", answers.renew, methods=["POST"])
    app.add_url_rule("/lease/<token>/renew", "back", answers.back)
    app.add_url_rule("/healthz", "healthz", lambda: _health(health))
    if metrics is not None:
        app.add_url_rule("/metrics", "metrics", lambda: Response(metrics(), content_type="text/plain; version=0.0.4"))
    app.register_error_handler(Exception, answers.failed)
    policy = policy_for(pages.css)
    app.after_request(lambda response: guard(response, policy))
    return app


@dataclass(frozen=True)
class _Answers:
    """One method per route. Addresses in pages are relative, so that a proxy may put them below any path."""

    desk: Desk
    pages: Pages
    throttle: Throttle
    default: str

    def nothing(self) -> Response:
        """Tell whoever comes without a link where to find one."""
        return self._message("nothing", HTTPStatus.OK)

    def lease(self, token: str) -> Response:
        """Show the lease that the link names."""
        found = self.desk.look(token)
        if isinstance(found, Stranger):
            return self._stranger(found)
        return self._page(found, here=token, renewed=request.args.get("renewed", type=int))

    def renew(self, token: str) -> Response:
        """Renew, then lead to the page, so that reloading it renews nothing."""
        answer = self.desk.renew(token, _BY, request.form.get("seen", type=int))
        if isinstance(answer, Stranger):
            return self._stranger(answer)
        if isinstance(answer, Done):
            query = {"renewed": str(answer.tenant.lease.renewals), **self._chosen_query()}
            return self._to(f"../{token}?{urlencode(query)}")
        return self._refused(token, answer)

    def back(self, token: str) -> Response:
        """Lead whoever reloads the address of the button back to the page."""
        return self._to(f"../{token}")

    def failed(self, error: Exception) -> Response:
        """Say kindly that something went wrong; what exactly is for the log, without the address and its token."""
        if isinstance(error, HTTPException):
            return self._http_error(error)
        if isinstance(error, ReaperError):
            _log.warning("the page %s cannot be answered now: %s", request.endpoint, error)
            response = self._message("later", HTTPStatus.SERVICE_UNAVAILABLE)
            response.headers["Retry-After"] = _RETRY_AFTER
            return response
        _log.error("the page %s is broken", request.endpoint, exc_info=error)
        return self._message("broken", HTTPStatus.INTERNAL_SERVER_ERROR)

    def _http_error(self, error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response = self._message("missing" if status is HTTPStatus.NOT_FOUND else "not_so", status)
        allowed = dict(error.get_headers()).get("Allow")
        if allowed:
            response.headers["Allow"] = allowed
        return response

    def _refused(self, token: str, refusal: NotRenewed) -> Response:
        found = self.desk.look(token)
        if isinstance(found, Stranger):
            return self._stranger(found)
        return self._page(found, here=f"../{token}", refused=refusal, status=HTTPStatus.CONFLICT)

    def _page(
        self,
        view: View,
        *,
        here: str,
        renewed: int | None = None,
        refused: NotRenewed | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        chosen = self._chosen()
        language = chosen or spelled(view.tenant.lease.terms.language, self.pages.languages) or self.default
        html = self.pages.lease(view, language, here=here, chosen=chosen or "", renewed=renewed, refused=refused)
        return _html(html, self.pages.languages[language].tag, status)

    def _stranger(self, stranger: Stranger) -> Response:
        """Slow down who guesses. Right links are never refused for it: behind a proxy all share one address."""
        if stranger.reason is Unknown.REPLACED:
            return self._message("replaced", HTTPStatus.GONE)
        if self.throttle.failed(request.remote_addr or ""):
            return self._message("too_many", HTTPStatus.TOO_MANY_REQUESTS)
        return self._message("foreign", HTTPStatus.NOT_FOUND)

    def _message(self, key: str, status: HTTPStatus) -> Response:
        accepted = [tag for tag, _ in request.accept_languages]
        language = self._chosen() or preferred(self.pages.languages, accepted, self.default)
        html = self.pages.message(key, language, here="")
        return _html(html, self.pages.languages[language].tag, status)

    def _to(self, address: str) -> Response:
        response = redirect(address, HTTPStatus.SEE_OTHER)
        return make_response(response)

    def _chosen(self) -> str | None:
        """The language that the reader has chosen on the page, which its button passes on."""
        wanted = request.values.get("lang", "")
        return wanted if wanted in self.pages.languages else None

    def _chosen_query(self) -> Mapping[str, str]:
        chosen = self._chosen()
        return {"lang": chosen} if chosen else {}


def _html(html: str, tag: str, status: HTTPStatus) -> Response:
    return Response(html, status, {"Content-Language": tag, "Vary": "Accept-Language"}, "text/html")


def _health(health: Callable[[], Mapping[str, object]] | None) -> Response:
    """Tell a load balancer whether to send people here."""
    try:
        told = dict(health()) if health is not None else {}
    except ReaperError as error:
        told = {"ok": False, "why": str(error)}
    told.setdefault("ok", True)
    response = jsonify(told)
    response.status_code = HTTPStatus.OK if told["ok"] else HTTPStatus.SERVICE_UNAVAILABLE
    return response
