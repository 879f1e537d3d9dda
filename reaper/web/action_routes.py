"""What the addresses behind a lease's page answer: away, done, kept after all, and the inventory to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, abort, request

from reaper.lifecycle import NotAway, NotNow
from reaper.operations import Stranger, View, end_of_day
from reaper.web.inventory import FORMATS, as_csv, as_json
from reaper.web.lease_routes import BY, Answers


@dataclass(frozen=True)
class ActionRoutes:
    """One method per route; what is asked by GET changes nothing."""

    answers: Answers
    zone: tzinfo

    def away(self, token: str) -> Response:
        """Let the lease wait until the day that was chosen is over."""
        found = self.answers.desk.look(token)
        if isinstance(found, Stranger):
            return self.answers.stranger(found)
        day = _day(request.form.get("until", ""))
        if day is None:
            return self.answers.refused(token, NotAway("no_day"))
        latest = None if isinstance(found.away_until, NotAway) else found.away_until
        answer = self.answers.desk.away(token, end_of_day(day, self.zone, latest), BY)
        if isinstance(answer, Stranger):
            return self.answers.stranger(answer)
        return self.answers.refused(token, answer) if isinstance(answer, NotAway) else self._back(token, "away")

    def ask(self, token: str) -> Response:
        """Ask once more before a project is taken back, and say what that means."""
        found = self.answers.desk.look(token)
        if isinstance(found, Stranger):
            return self.answers.stranger(found)
        if found.giving_back is not None:
            return self.answers.page(found, here=f"../{token}", refused=found.giving_back, status=HTTPStatus.CONFLICT)
        return self._confirm(found, token, HTTPStatus.OK)

    def give_back(self, token: str) -> Response:
        """Take a project back, if whoever asks has typed its name."""
        found = self.answers.desk.look(token)
        if isinstance(found, Stranger):
            return self.answers.stranger(found)
        if found.giving_back is None and request.form.get("name", "").strip() != found.tenant.name.strip():
            return self._confirm(found, token, HTTPStatus.BAD_REQUEST)
        answer = self.answers.desk.give_back(token, BY)
        if isinstance(answer, Stranger):
            return self.answers.stranger(answer)
        return self.answers.refused(token, answer) if isinstance(answer, NotNow) else self._back(token, "done")

    def keep(self, token: str) -> Response:
        """Keep after all what was given back."""
        answer = self.answers.desk.keep(token, BY)
        if isinstance(answer, Stranger):
            return self.answers.stranger(answer)
        return self.answers.refused(token, answer) if isinstance(answer, NotNow) else self._back(token, "kept")

    def inventory(self, token: str, form: str) -> Response:
        """Hand out what is in the project as a file."""
        if form not in FORMATS:
            abort(HTTPStatus.NOT_FOUND)
        found = self.answers.desk.look(token)
        if isinstance(found, Stranger):
            return self.answers.stranger(found)
        if found.losses is None:
            return self.answers.message("unread", HTTPStatus.SERVICE_UNAVAILABLE)
        text = as_csv(found.losses) if form == "csv" else as_json(found.tenant, found.losses)
        response = Response(text, HTTPStatus.OK, content_type=f"{FORMATS[form]}; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="inventory.{form}"'
        return response

    def _confirm(self, view: View, token: str, status: HTTPStatus) -> Response:
        chosen, language = self.answers.language_for(view)
        wrong = status is not HTTPStatus.OK
        html = self.answers.pages.confirm(view, language, here="done", back=f"../{token}", chosen=chosen, wrong=wrong)
        return self.answers.html(html, language, status)

    def _back(self, token: str, said: str) -> Response:
        query = {"said": said, **self.answers.chosen_query()}
        return self.answers.to(f"../{token}?{urlencode(query)}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
