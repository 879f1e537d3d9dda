"""What each address of a lease answers, and how: the renewal, and what all answers share."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from reaper.errors import ReaperError
from reaper.letters import language_for, readers
from reaper.operations import Done, SelfService, Stranger, UnknownLink, View
from reaper.web.flash import Flash, Refusal
from reaper.web.pages import PageTemplates, preferred
from reaper.web.throttle import Throttle

_log = logging.getLogger(__name__)
BY = "the renewal link"
_RETRY_AFTER = "30"  # seconds


@dataclass(frozen=True)
class Answers:
    """One method per route. Addresses in pages are relative, so that a proxy may put them below any path."""

    desk: SelfService
    pages: PageTemplates
    throttle: Throttle
    default: str

    def nothing(self) -> Response:
        """Tell whoever comes without a link where to find one."""
        return self.message("nothing", HTTPStatus.OK)

    def lease(self, token: str) -> Response:
        """Show the lease that the link names."""
        found = self.desk.look(token)
        if isinstance(found, Stranger):
            return self.stranger(found)
        return self.page(found, here=token, news=Flash.told(request.args))

    def renew(self, token: str) -> Response:
        """Renew, then lead to the page, so that reloading it renews nothing."""
        answer = self.desk.renew(token, BY, request.form.get("seen", type=int))
        if isinstance(answer, Stranger):
            return self.stranger(answer)
        if isinstance(answer, Done):
            query = {"renewed": str(answer.tenant.lease.renewals), **self.chosen_query()}
            return self.to(f"../{token}?{urlencode(query)}")
        return self.refused(token, answer)

    def back(self, token: str) -> Response:
        """Lead whoever reloads the address of the button back to the page."""
        return self.to(f"../{token}")

    def failed(self, error: Exception) -> Response:
        """Say kindly that something went wrong; what exactly is for the log, without the address and its token."""
        if isinstance(error, HTTPException):
            return self._http_error(error)
        if isinstance(error, ReaperError):
            _log.warning("the page %s cannot be answered now: %s", request.endpoint, error)
            response = self.message("later", HTTPStatus.SERVICE_UNAVAILABLE)
            response.headers["Retry-After"] = _RETRY_AFTER
            return response
        _log.error("the page %s is broken", request.endpoint, exc_info=error)
        return self.message("broken", HTTPStatus.INTERNAL_SERVER_ERROR)

    def _http_error(self, error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        response = self.message("missing" if status is HTTPStatus.NOT_FOUND else "not_so", status)
        allowed = dict(error.get_headers()).get("Allow")
        if allowed:
            response.headers["Allow"] = allowed
        return response

    def refused(self, token: str, refusal: Refusal) -> Response:
        """Show the lease as it is, and which rule stands against what was asked."""
        found = self.desk.look(token)
        if isinstance(found, Stranger):
            return self.stranger(found)
        return self.page(found, here=f"../{token}", refused=refusal, status=HTTPStatus.CONFLICT)

    def page(
        self,
        view: View,
        *,
        here: str,
        news: Flash | None = None,
        refused: Refusal | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        """Show a lease, with what a click has led to."""
        chosen, language = self.language_for(view)
        html = self.pages.lease(view, language, here=here, chosen=chosen, news=news, refused=refused)
        return self.html(html, language, status)

    def language_for(self, view: View) -> tuple[str, str]:
        """Return the language that was chosen ("": none) and the one to write in."""
        chosen, tenant = self._chosen(), view.tenant
        # As the letters are written, or their link would lead to a page that their reader cannot read.
        usual = language_for(tenant.lease.terms, readers(tenant), self.pages.languages)
        return chosen or "", chosen or (usual if usual in self.pages.languages else self.default)

    def html(self, html: str, language: str, status: HTTPStatus) -> Response:
        """Answer with a page."""
        return _html(html, self.pages.languages[language].tag, status)

    def stranger(self, stranger: Stranger) -> Response:
        """Slow down who guesses. Right links are never refused for it: behind a proxy all share one address."""
        if stranger.reason is UnknownLink.REPLACED:
            return self.message("replaced", HTTPStatus.GONE)
        if self.throttle.failed(request.remote_addr or ""):
            return self.message("too_many", HTTPStatus.TOO_MANY_REQUESTS)
        return self.message("foreign", HTTPStatus.NOT_FOUND)

    def message(self, key: str, status: HTTPStatus) -> Response:
        """Say one thing."""
        accepted = [tag for tag, _ in request.accept_languages]
        language = self._chosen() or preferred(self.pages.languages, accepted, self.default)
        html = self.pages.message(key, language, here="")
        return _html(html, self.pages.languages[language].tag, status)

    def to(self, address: str) -> Response:
        """Lead to another address, which is then asked for by GET."""
        response = redirect(address, HTTPStatus.SEE_OTHER)
        return make_response(response)

    def _chosen(self) -> str | None:
        """The language that the reader has chosen on the page, which its button passes on."""
        wanted = request.values.get("lang", "")
        return wanted if wanted in self.pages.languages else None

    def chosen_query(self) -> Mapping[str, str]:
        """Return what passes the chosen language on."""
        chosen = self._chosen()
        return {"lang": chosen} if chosen else {}


def _html(html: str, tag: str, status: HTTPStatus) -> Response:
    return Response(html, status, {"Content-Language": tag, "Vary": "Accept-Language"}, "text/html")
