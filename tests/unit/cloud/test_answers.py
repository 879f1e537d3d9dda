"""What answers of the services become."""

import json

import pytest
import requests
from keystoneauth1 import exceptions

from reaper.cloud.http_errors import error_at_the_door, error_in_between, error_of, host_of, text_of
from reaper.errors import Gone, Permanent, Refused, Temporary, Unusable


def answer(status: int, body: object = "", reason: str = "") -> requests.Response:
    response = requests.Response()
    response.status_code, response.reason = status, reason
    response._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return response


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"NeutronError": {"type": "InUse", "message": "Port  x\nin use.", "detail": ""}}, "Port x in use."),
        ({"NeutronError": "silly"}, "silly"),
        ({"badRequest": {"code": 400, "message": "Invalid volume"}}, "Invalid volume"),
        ({"conflictingRequest": {"code": 409, "message": "Cannot 'stop'"}}, "Cannot 'stop'"),
        ({"itemNotFound": {"message": "no such", "code": 404}}, "no such"),
        ({"error": {"code": 403, "title": "Forbidden", "message": "immutable"}}, "immutable"),
        ({"message": "flat"}, "flat"),
        ("<html><head><title>409 C</title></head><body><h1>C</h1>It&#x27;s in use<br/></body></html>", "C It's in use"),
        ("plain words", "plain words"),
        ("", "silly reason"),
        ({}, "silly reason"),
        ([], "silly reason"),
        ({"error": None}, "silly reason"),
        ("x" * 5000, "x" * 300),
    ],
)
def test_the_services_own_words_are_found(body: object, words: str):
    assert text_of(answer(400, body, "silly reason")) == words


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Temporary),
        (403, Permanent),
        (404, Gone),
        (405, Permanent),
        (408, Temporary),
        (409, Refused),
        (413, Temporary),
        (429, Temporary),
        (451, Permanent),
        (500, Temporary),
        (503, Temporary),
        (504, Temporary),
    ],
)
def test_each_status_becomes_the_error_by_what_can_be_done(status: int, error: type[Exception]):
    found = error_of(answer(status, {"message": "silly"}), "network in RegionOne: DELETE /ports/7")
    assert type(found) is error
    assert "silly" in str(found)


@pytest.mark.parametrize("body", ["Volume {} gone", {"itemNotFound": {"message": "No {}"}}, "<html>no image {}</html>"])
def test_a_404_that_names_what_was_asked_for_is_gone(body: object):
    named = "55555555-5555-5555-5555-555555555555"
    told = json.loads(json.dumps(body).replace("{}", named))
    assert type(error_of(answer(404, told), f"network in RegionOne: DELETE /ports/{named}")) is Gone


@pytest.mark.parametrize("body", ["<html>404 nginx</html>", {"message": "The resource could not be found."}, ""])
def test_a_404_that_does_not_know_what_was_asked_for_proves_nothing(body: object):
    for named in ("5" * 32, "55555555-5555-5555-5555-555555555555"):
        assert type(error_of(answer(404, body), f"identity: GET /projects/{named}")) is Temporary


REFUSED = (
    "Unable to establish connection to x: HTTPConnectionPool(host='silly', port=5000): Max retries exceeded "
    "(Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))"
)
BAD_CERTIFICATE = "SSL exception connecting to x: [SSL: SILLY] certificate verify failed (_ssl.c:1)"


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (exceptions.Unauthorized("no"), Unusable, "refuses the credentials"),
        (exceptions.ConnectFailure(REFUSED), Temporary, "Connection refused"),
        (exceptions.DiscoveryFailure(f"Could not find: {REFUSED}"), Temporary, "Connection refused"),
        (exceptions.DiscoveryFailure("Could not find versioned identity endpoints"), Unusable, "auth_url"),
        (exceptions.ConnectTimeout("Request to x timed out"), Temporary, "cannot be reached"),
        (exceptions.SSLError(BAD_CERTIFICATE), Unusable, "verify failed"),
        (exceptions.ServiceUnavailable("x", response=answer(503, "busy")), Temporary, "busy"),
        (exceptions.NotFound("x", response=answer(404, "", "Not Found")), Unusable, "Not Found"),
        (exceptions.HttpError("slow down", http_status=429), Temporary, "slow down"),
        (exceptions.MissingRequiredOptions([]), Unusable, "no token"),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)  # fmt: skip
def test_trouble_at_the_door_names_the_cloud_and_never_the_password(
    error: exceptions.ClientException, kind: type[Exception], words: str
):
    found = error_at_the_door(error, "silly", "http://me:secret@silly.example:5000/v3")
    assert type(found) is kind
    assert words in str(found)
    assert "silly.example:5000" in str(found)
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.ConnectFailure(REFUSED), Temporary),
        (exceptions.ConnectTimeout("x"), Temporary),
        (exceptions.EndpointNotFound("x"), Temporary),
        (exceptions.UnknownConnectionError("x", ValueError("y")), Temporary),
        (exceptions.SSLError("[SSL: SILLY] wrong version number (_ssl.c:1)"), Unusable),
        (exceptions.Conflict("x", response=answer(409, "busy")), Refused),
        (exceptions.ClientException("x"), Temporary),
    ],
)
def test_trouble_on_the_way_is_mostly_temporary(error: exceptions.ClientException, kind: type[Exception]):
    assert type(error_in_between(error, "network in RegionOne: GET /ports")) is kind


@pytest.mark.parametrize(
    ("url", "host"),
    [("http://a:b@c:5/v3", "c:5"), ("https://c/v3", "c"), ("", "(no auth_url)"), ("silly", "(no auth_url)")],
)
def test_only_the_host_of_a_url_is_shown(url: str, host: str):
    assert host_of(url) == host
