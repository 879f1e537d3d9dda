"""What the services' answers mean: their text, and the error of ours that each becomes."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from keystoneauth1 import exceptions

from reaper.cloud.refusals import is_refusal
from reaper.errors import Gone, Permanent, ReaperError, Refused, Temporary, Unusable

ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SENTENCES = ("message", "faultstring", "detail")  # Octavia's is the second, Magnum's the third
#: A service's own 404 that does not say the id: Designate's.
MISSING = '"zone_not_found"'
#: Nova's and Cinder's own 404 before they named what they do not find.
TERSE = '"itemNotFound"'
LONGEST = 300  # of a service's own words that we repeat
TAGS = re.compile(r"<(title|style|script|head)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
SYSTEM_WORDS = re.compile(
    r"(?:\[Errno -?\d+\] |\[SSL[^\]]*\] |(?=Failed to resolve|EOF occurred|Remote end closed))([^\"()]+)"
)
OVERLOADED = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS})


def text_of(response: requests.Response) -> str:
    """Return what the service says in its own words, from JSON of any service or Glance's HTML, in one line."""
    try:
        words = _message(response.json())
    except ValueError:
        words = html.unescape(TAGS.sub(" ", response.text))
    return " ".join((words or response.reason or "no reason given").split())[:LONGEST]


def _message(document: Any) -> str:
    """Find the sentence: NeutronError, badRequest, conflictingRequest, Keystone's and Heat's error, Octavia's fault."""
    if isinstance(document, str):
        return document
    if isinstance(document, list):
        return next(filter(None, map(_message, document)), "")
    if not isinstance(document, Mapping):
        return ""
    inside = [*map(_message, filter(lambda one: isinstance(one, (Mapping, list)), document.values()))]
    told = [document[key] for key in SENTENCES if isinstance(document.get(key), str)]
    return next(filter(None, (*told[:1], *inside, *map(_message, document.values()))), "")


def error_of(
    response: requests.Response, asked: str, *, service: str = "", method: str = "GET", terse: bool = False
) -> ReaperError:
    """Turn an answer of 400 or above into the error by what the caller can do; `asked` names the request.

    What a status of `service` means for a request by `method` is told by `refusals`.
    `terse` is a service of old, whose own 404 does not say the id, but is told from one on the way by its form.

    401 arrives here only after keystoneauth has fetched a new token and tried again: the service cannot check tokens
    just now, which is not a wrong password.
    """
    code, words = response.status_code, text_of(response)
    sentence = f"{asked}: {words} ({code})"
    if code == HTTPStatus.NOT_FOUND:
        missing = _names_what_is_missing(response, asked) or (terse and TERSE in response.text)
        return Gone(sentence) if missing else Temporary(sentence)
    if is_refusal(service, method, code, words):
        return Refused(words)
    if code == HTTPStatus.UNAUTHORIZED or code in OVERLOADED or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Temporary(sentence)
    return Permanent(sentence)


def _names_what_is_missing(response: requests.Response, asked: str) -> bool:
    """Tell a service's own 404, which says the id, from one on the way, such as a proxy's without a route."""
    named = ID.findall(asked)
    return not named or MISSING in response.text or any(one in response.text for one in named)


def error_in_between(error: exceptions.ClientException, asked: str) -> ReaperError:
    """Turn keystoneauth's error about a request that got no answer into ours; `asked` names the request."""
    if isinstance(error, exceptions.SSLError):
        return Unusable(f"{asked}: TLS fails: {_cause(error)}; check `cacert` and the host name in clouds.yaml")
    if isinstance(error, exceptions.ConnectTimeout):
        return Temporary(f"{asked}: no answer in time")
    if isinstance(error, exceptions.EndpointNotFound):
        return Temporary(f"{asked}: the service does not show which versions it speaks: is it running?")
    if isinstance(error, exceptions.ConnectionError):
        return Temporary(f"{asked}: cannot connect: {_cause(error)}")
    if isinstance(error, exceptions.HttpError) and error.response is not None:
        return error_of(error.response, asked)
    return Temporary(f"{asked}: {_line(error)}")


def error_at_the_door(error: exceptions.ClientException, entry: str, auth_url: str) -> ReaperError:
    """Turn a failure to get a token into ours: what a person must put right in clouds.yaml, or Keystone being away."""
    door = f"Keystone of cloud {entry} at {host_of(auth_url)}"
    if isinstance(error, exceptions.Unauthorized):
        return Unusable(f"{door} refuses the credentials: check user, password and project of {entry!r} in clouds.yaml")
    if isinstance(error, exceptions.SSLError) or "SSL exception" in str(error):
        return Unusable(f"{door}: TLS fails: {_cause(error)}; check `auth_url` and `cacert` in clouds.yaml")
    if isinstance(error, exceptions.HttpError):
        return _http_at_the_door(error, door)
    if _no_connection(error):
        return Temporary(f"{door} cannot be reached: {_cause(error)}")
    if isinstance(error, exceptions.DiscoveryFailure):
        return Unusable(f"{door} does not look like a Keystone: check `auth_url` (it usually ends in /v3)")
    return Unusable(f"{door}: no token: {_line(error)}")


def _http_at_the_door(error: exceptions.HttpError, door: str) -> ReaperError:
    code = error.http_status
    words = text_of(error.response) if error.response is not None else _line(error)
    if code in OVERLOADED or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Temporary(f"{door} gives no token just now: {words} ({code})")
    return Unusable(f"{door} gives no token: {words} ({code}); check the entry in clouds.yaml")


def _no_connection(error: exceptions.ClientException) -> bool:
    """Tell it also when keystoneauth wrapped it in a DiscoveryFailure, as it does when `auth_url` names no version."""
    wrapped = "Unable to establish connection" in str(error) or "timed out" in str(error)
    return wrapped or isinstance(error, exceptions.ConnectionError)


def host_of(url: str) -> str:
    """Return host and port of a URL: what may be shown, since a URL can carry a password."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or "(no auth_url)"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:LONGEST]


def _cause(error: Exception) -> str:
    """Pick the system's own words ("Connection refused") out of requests' nested representation."""
    found = SYSTEM_WORDS.search(str(error))
    return found.group(1).strip(" '") if found else _line(error)
