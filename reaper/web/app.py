"""The routes: what an address answers. Only a POST changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, jsonify, request

from reaper.errors import ReaperError
from reaper.letters import KNOWN
from reaper.operations import SelfService
from reaper.ports import Ledger
from reaper.web.action_routes import ActionRoutes
from reaper.web.api import PREFIX, Access, Api, register
from reaper.web.api.token_checks import TokenChecks
from reaper.web.headers import guard, policy_for
from reaper.web.lease_routes import Answers
from reaper.web.pages import PageTemplates
from reaper.web.throttle import Throttle


def create_app(
    desk: SelfService,
    *,
    cloud_title: str,
    support_contact: str | None,
    words: Path,
    languages: Sequence[str] = KNOWN,
    zone: tzinfo = UTC,
    health: Callable[[], Mapping[str, object]] | None = None,
    ready: Callable[[], Mapping[str, object]] | None = None,
    metrics: Callable[[], bytes] | None = None,
    api: tuple[Ledger, Access] | None = None,
) -> Flask:
    """Build the app. `languages` begins with the one that stands in for others; `words` is the folder of the pages.

    `health` and `ready` return what /healthz and /readyz tell, with "ok" false for a 503; `metrics` what /metrics
    tells, in Prometheus' text.
    With `api` programs are answered below /v1.

    Raises:
        Unusable: the folder of the pages is incomplete or broken.
    """
    pages = PageTemplates(words, languages, cloud_title=cloud_title, contact=support_contact, zone=zone)
    answers = Answers(desk, pages, Throttle(desk.clock.now), languages[0])
    wishing = ActionRoutes(answers, zone)
    app = Flask("reaper.web", static_folder=None, template_folder=None)
    app.add_url_rule("/", "nothing", answers.nothing)
    app.add_url_rule("/lease/<token>", "lease", answers.lease)
    app.add_url_rule("/lease/<token>/renew", "renew", answers.renew, methods=["POST"])
    app.add_url_rule("/lease/<token>/renew", "back", answers.back)
    app.add_url_rule("/lease/<token>/away", "away", wishing.away, methods=["POST"])
    app.add_url_rule("/lease/<token>/keep", "keep", wishing.keep, methods=["POST"])
    app.add_url_rule("/lease/<token>/done", "done", wishing.ask)
    app.add_url_rule("/lease/<token>/done", "give_back", wishing.give_back, methods=["POST"])
    for path in ("away", "keep"):
        app.add_url_rule(f"/lease/<token>/{path}", f"back_from_{path}", answers.back)
    app.add_url_rule("/lease/<token>/inventory.<form>", "inventory", wishing.inventory)
    app.add_url_rule("/healthz", "healthz", lambda: _health(health))
    app.add_url_rule("/readyz", "readyz", lambda: _health(ready))
    if metrics is not None:
        app.add_url_rule("/metrics", "metrics", lambda: Response(metrics(), content_type="text/plain; version=0.0.4"))
    programs = Api(desk, *api, zone, Throttle(desk.clock.now), TokenChecks(desk.clock.now)) if api is not None else None
    if programs is not None:
        register(app, programs)
    app.register_error_handler(Exception, lambda error: _failed(error, answers, programs))
    policy = policy_for(pages.css)
    app.after_request(lambda response: guard(response, policy))
    return app


def _failed(error: Exception, answers: Answers, programs: Api | None) -> Response:
    """Answer programs with a problem and people with a page."""
    if programs is not None and request.path.startswith(PREFIX):
        return programs.failed(error)
    return answers.failed(error)


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
