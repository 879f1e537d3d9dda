"""What today's services put round every answer: a request's id, and a content type even where there is no content."""

import uuid
from dataclasses import replace

from reaper.simulator.exchange import UNAUTHORIZED, ApiAnswer, Request

REFUSED = 400
# The documents at the root that no middleware sees.
_BARE_ROOTS = frozenset({"compute", "network", "image"})
_SERVICES = frozenset({"identity", "compute", "network", "volume", "image"})
_EMPTY = {"compute": "application/json", "image": "text/html; charset=UTF-8"}
_ACCEPTED = 202


def enclose(ask: Request, answer: ApiAnswer) -> ApiAnswer:
    """Add the headers of the service, as recorded from the real ones."""
    if ask.service not in _SERVICES or (ask.path == "/" and ask.service in _BARE_ROOTS):
        return answer
    headers = {**answer.headers, "X-OpenStack-Request-ID": f"req-{uuid.uuid4()}"}
    if answer.document is None and not answer.text and (kind := _of_nothing(ask, answer)):
        headers["Content-Type"] = kind
    if ask.service == "compute" and answer.status >= REFUSED and answer.status != UNAUTHORIZED and answer.document:
        return replace(answer, headers=headers, media=f"{answer.media}; charset=UTF-8")
    return replace(answer, headers=headers)


def _of_nothing(ask: Request, answer: ApiAnswer) -> str | None:
    if ask.service == "volume":
        return "text/html; charset=UTF-8" if answer.status == _ACCEPTED else None
    return _EMPTY.get(ask.service)
