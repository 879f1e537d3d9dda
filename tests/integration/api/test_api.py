"""What programs may ask, with a real token of a Keystone, and what they are refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.errors import Temporary
from reaper.model import Event, IdleThing, LetterKind, LetterState, Resource, State

HOUR = timedelta(hours=1)


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def test_a_member_sees_the_lease_of_his_own_project(api, world, member):
    lease = api.ask("GET", api.lease("trial-aurora"), member).json()
    assert (lease["project"], lease["cloud"], lease["state"]) == ("trial-aurora", "trystack", "ACTIVE")
    assert lease["expires_at"] == "2031-05-31T07:13:00Z"
    assert lease["renewals"]["possible"] is True
    assert lease["away"]["latest"] == "2031-06-21T07:13:00Z"
    assert [one["project"] for one in api.ask("GET", "/leases", member).json()["leases"]] == ["trial-aurora"]


def test_a_member_renews_and_the_same_question_twice_spends_only_one(api, world, member):
    renewed = api.ask("POST", f"{api.lease('trial-aurora')}/renew", member, json={"seen": 0})
    assert renewed.json()["expires_at"] == "2031-06-13T07:13:00Z"
    again = api.ask("POST", f"{api.lease('trial-aurora')}/renew", member, json={"seen": 0})
    assert (again.status_code, again.json()["renewals"]["used"]) == (200, 1)
    event = world.ledger.history(api.ids["trial-aurora"])[-1]
    assert event.by.startswith("trial-aurora-u0")
    assert event.by.endswith("through the API")
    refused = problem(api.ask("POST", f"{api.lease('trial-aurora')}/renew", member), 409)
    assert (refused["rule"], refused["opens_at"]) == ("opens_before", "2031-06-06T07:13:00Z")


def test_a_member_is_away_once(api, world, member):
    path = f"{api.lease('trial-aurora')}/away"
    assert api.ask("POST", path, member, json={"until": "2031-06-20"}).json()["expires_at"] == "2031-06-20T23:59:59Z"
    assert problem(api.ask("POST", path, member, json={"until": "2031-06-21"}), 409)["rule"] == "once"
    letters = world.outbox.letters(api.ids["trial-aurora"])
    assert [letter.kind for letter in letters] == [LetterKind.AWAY]


def test_of_other_projects_not_even_the_existence_is_told(api, world, member):
    before = world.what_is_written()
    there = problem(api.ask("GET", api.lease("trial-borealis"), member), 404)
    assert there == problem(api.ask("GET", "/leases/nowhere", member), 404)
    problem(api.ask("POST", f"{api.lease('trial-borealis')}/renew", member), 404)
    problem(api.ask("POST", f"{api.lease('trial-borealis')}/away", member, json={"until": "2031-06-20"}), 404)
    assert world.what_is_written() == before


def test_an_admin_of_the_cloud_sees_and_renews_everything(api, world, admin):
    first = api.ask("GET", "/leases?limit=1", admin).json()
    assert [one["project"] for one in first["leases"]] == ["trial-aurora"]
    rest = api.ask("GET", "/leases", admin, params={"marker": first["next"]}).json()
    assert [one["project"] for one in rest["leases"]] == ["trial-borealis"]
    assert rest["next"] is None
    assert api.ask("POST", f"{api.lease('trial-borealis')}/renew", admin).status_code == 200


def test_an_admin_of_his_own_trial_is_no_admin_of_others(api, simulator, token_of):
    boss = simulator.seed.user("boss")
    simulator.seed.assign("admin", simulator.seeded["trial-aurora"].project_id, boss)
    token = token_of("boss", "trial-aurora")
    assert api.ask("GET", api.lease("trial-aurora"), token).status_code == 200
    problem(api.ask("GET", api.lease("trial-borealis"), token), 404)
    assert [one["project"] for one in api.ask("GET", "/leases", token).json()["leases"]] == ["trial-aurora"]


def test_a_member_of_a_project_that_two_clouds_know_is_told_of_the_one_he_asks(api, world, member):
    here = world.ledger.tenant(api.ids["trial-aurora"])
    there = replace(here, id="twin", cloud="west", lease=replace(here.lease, id="lease-twin"))
    world.ledger.enrol([there], Event(world.clock.now(), "observed", "first seen"))
    assert api.ask("POST", f"{api.lease('trial-aurora')}/renew", member).status_code == 200
    assert world.ledger.tenant("twin").lease.renewals == 0


def test_nobody_becomes_an_admin_by_what_he_calls_a_project_of_his_own_domain(api, simulator, token_of):
    for name in ("service", "admin"):
        home = simulator.seed.domain(f"partner-{name}")
        project = simulator.seed.project(name, domain=home)
        simulator.seed.assign("admin", project, simulator.seed.user(f"boss of {name}"))
        token = token_of(f"boss of {name}", name, domain=home)
        problem(api.ask("GET", "/leases", token), 404)
        problem(api.ask("POST", f"{api.lease('trial-borealis')}/renew", token), 404)


def test_a_reader_only_reads(api, simulator, token_of):
    reader = simulator.seed.user("bookworm")
    simulator.seed.assign("reader", simulator.seeded["trial-aurora"].project_id, reader)
    token = token_of("bookworm", "trial-aurora")
    assert api.ask("GET", api.lease("trial-aurora"), token).status_code == 200
    problem(api.ask("POST", f"{api.lease('trial-aurora')}/renew", token), 403)


def test_a_role_that_nobody_knows_here_counts_for_nothing(api, simulator, token_of):
    stranger = simulator.seed.user("gardener")
    simulator.seed.assign("gardener", simulator.seeded["trial-aurora"].project_id, stranger)
    problem(api.ask("GET", api.lease("trial-aurora"), token_of("gardener", "trial-aurora")), 403)


@pytest.mark.parametrize("token", [None, "not-a-token", "x" * 9000, "grüße-an-alle", "../../../v3/users"])
def test_without_a_good_token_nobody_is_let_in(api, token):
    given = token.encode() if token else None
    answer = api.ask("GET", "/leases", given)
    problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Keystone"


def test_a_token_without_a_project_is_good_for_nothing(api, simulator, token_of):
    problem(api.ask("GET", "/leases", token_of("trial-aurora-u0", None)), 404)


def test_a_revoked_token_is_refused_at_once(api, simulator, member):
    assert api.ask("GET", "/leases", member).status_code == 200
    simulator.cloud.tokens.pop(member)
    problem(api.ask("GET", "/leases", member), 401)


def test_many_wrong_tokens_never_lock_out_a_right_one_from_the_same_address(api, member):
    """Behind a proxy that nobody has named to Reaper, all people of a cloud come from one address."""
    statuses = {api.ask("GET", "/leases", f"wrong-token-{n}").status_code for n in range(40)}
    assert statuses == {401}
    assert api.ask("GET", "/leases", member).status_code == 200


def test_keystone_is_asked_once_about_a_wrong_token_that_keeps_coming(api, world, simulator):
    def asked():
        return sum(call.method == "GET" and "/v3/auth/tokens" in call.path for call in simulator.calls)

    problem(api.ask("GET", "/leases", "wrong-token-again"), 401)
    before = asked()
    for _ in range(5):
        problem(api.ask("GET", "/leases", "wrong-token-again"), 401)
    assert asked() == before
    world.clock.advance(timedelta(minutes=1))
    problem(api.ask("GET", "/leases", "wrong-token-again"), 401)
    assert asked() == before + 1


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/renew", {"json": {"seen": "0"}}, 400),
        ("/renew", {"json": {"seen": -1}}, 400),
        ("/renew", {"json": {"until": "2031-06-20"}}, 400),
        ("/renew", {"json": []}, 400),
        ("/renew", {"data": "{"}, 415),
        ("/away", {}, 400),
        ("/away", {"json": {"until": "soon"}}, 400),
        ("/away", {"json": {"until": "2031-06-20T10:00:00"}}, 400),
        ("?limit=0", {}, 405),
        ("/renew?cloud=elsewhere", {}, 404),
        ("/renew?force=1", {}, 400),
    ],
)
def test_a_wrong_question_is_answered_with_what_would_be_right(api, world, member, path, more, status):
    before = world.what_is_written()
    problem(api.ask("POST", api.lease("trial-aurora") + path, member, **more), status)
    assert world.what_is_written() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(api, world, member, method):
    before = world.what_is_written()
    for path in ("", "/renew", "/away"):
        api.ask(method, api.lease("trial-aurora") + path, member)
    assert world.what_is_written() == before


def test_a_tenant_that_is_being_deleted_is_told_so(api, world, admin):
    world.change(api.ids["trial-borealis"], state=State.RECLAIMING, suspended_at=world.clock.now())
    assert problem(api.ask("POST", f"{api.lease('trial-borealis')}/renew", admin), 409)["rule"] == "too_late"


def test_while_keystone_is_away_nobody_is_let_in(api, simulator, keystone, monkeypatch, member):
    monkeypatch.setattr(type(keystone._client), "told_of", _away)
    answer = api.ask("GET", "/leases", member)
    problem(answer, 503)
    assert answer.headers["Retry-After"]


def test_the_description_needs_no_token_and_names_every_route(api):
    told = api.ask("GET", "/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    assert {(path, verb) for path, verbs in told["paths"].items() for verb in verbs} == {
        ("/v1/leases", "get"),
        ("/v1/leases/{project_id}", "get"),
        ("/v1/leases/{project_id}/renew", "post"),
        ("/v1/leases/{project_id}/away", "post"),
    }


def _away(*_):
    raise Temporary("Keystone is away")


def test_a_lease_tells_what_is_idle_and_goes_before_it_ends(api, world, member, admin):
    now = world.clock.now()
    address = Resource("floating_ip", "RegionOne", "fip", "", "project", "DOWN", {"address": "203.0.113.9"})
    times = {"lasts": 11 * HOUR, "notice": 5 * HOUR, "since": now - 7 * HOUR, "seen_at": now}
    letter = {"letter_id": "letter", "letter_state": LetterState.ACCEPTED, "accepted_at": now}
    tenant = world.ledger.tenant(api.ids["trial-aurora"])
    world.idle = [IdleThing("1", tenant.id, "trial: a rule", "unattached", address, **times, **letter)]
    (told,) = api.ask("GET", api.lease("trial-aurora"), member).json()["idle"]
    assert (told["kind"], told["id"], told["name"], told["why"]) == ("floating_ip", "fip", "203.0.113.9", "unattached")
    assert (told["since"], told["goes_from"]) == ("2031-05-26T00:13:00Z", "2031-05-26T12:13:00Z")
    assert (told["begun"], told["along"]) == (False, [])
    listed = api.ask("GET", "/leases", admin).json()["leases"]
    assert [(one["project"], len(one["idle"])) for one in listed] == [("trial-aurora", 1), ("trial-borealis", 0)]
