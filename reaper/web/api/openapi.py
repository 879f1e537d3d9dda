"""The OpenAPI 3.1 document, made from the models that the routes read and write."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from reaper import __version__
from reaper.web.api.models import AwayRequest, LeaseDocument, LeaseList, Problem, RenewRequest
from reaper.web.api.problems import MEDIA_TYPE

#: How many leases one answer lists, and how many may be asked for.
LIMIT, MOST = 100, 1000
_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The question is wrong.",
    "401": "No token, or one that Keystone does not know.",
    "403": "The token's roles do not suffice.",
    "404": "There is no such lease, or it is not yours.",
    "409": "A rule of the lease stands against it; `rule` names it.",
    "415": "The body is not JSON.",
    "429": "Too many wrong tokens came from this address.",
    "503": "Not now; nothing was changed.",
}
_CLOUD = {
    "name": "cloud",
    "in": "query",
    "description": "Which cloud; needed where Reaper looks after several.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
}
_PROJECT = {
    "name": "project_id",
    "in": "path",
    "required": True,
    "description": "The project's id in Keystone.",
    "schema": {"type": "string", "pattern": "^[0-9A-Za-z._-]{1,64}$"},
}
_PAGING = [
    {
        "name": "limit",
        "in": "query",
        "description": "How many leases at most.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
    },
    {
        "name": "marker",
        "in": "query",
        "description": "What `next` said: the list goes on behind it.",
        "schema": {"type": "string"},
    },
]


@cache
def document() -> str:
    """Return the document as JSON."""
    asked = [("validation", m) for m in (RenewRequest, AwayRequest)]
    told = [("serialization", m) for m in (LeaseDocument, LeaseList, Problem)]
    _, schemas = models_json_schema([(m, mode) for mode, m in (*asked, *told)], ref_template=_REF)  # type: ignore[misc] # modes are literals
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Reaper",
            "version": __version__,
            "description": "Leases of free and trial OpenStack projects, with your own Keystone token.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
        },
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _paths() -> dict[str, Any]:
    read, write = ("400", "401", "403", "404", "429", "503"), tuple(_PROBLEMS)
    one = "/v1/leases/{project_id}"
    return {
        "/v1/leases": {
            "get": _operation("listLeases", "List the leases that you may see", LeaseList, read, [_CLOUD, *_PAGING])
        },
        one: {"get": _operation("showLease", "Show a lease", LeaseDocument, read, [_CLOUD, _PROJECT])},
        f"{one}/renew": {
            "post": _operation("renewLease", "Renew a lease", LeaseDocument, write, [_CLOUD, _PROJECT], RenewRequest)
        },
        f"{one}/away": {
            "post": _operation(
                "waitForPeople",
                "Let a lease wait until you are back",
                LeaseDocument,
                write,
                [_CLOUD, _PROJECT],
                AwayRequest,
            )
        },
    }


def _operation(
    name: str, summary: str, answer: type, problems: tuple[str, ...], parameters: list[Any], body: type | None = None
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "As it stands now.", "content": _content("application/json", answer)},
            **{code: {"description": _PROBLEMS[code], "content": _content(MEDIA_TYPE, Problem)} for code in problems},
        },
    }
    if body is not None:
        required = body is AwayRequest
        said["requestBody"] = {"required": required, "content": _content("application/json", body)}
    return said


def _content(media_type: str, model: type) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REF.format(model=model.__name__)}}}
