"""An early warning waits a little for others to the same people; nothing that a deadline stands on ever waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reaper.deliver import Delivered
from reaper.model import Change, Event, Hold, LetterKind, LetterState
from tests.unit.deliver.office import NOW, TERMS

ANN, BOB = "ann@example.org", "bob@example.org"
EARLY, LAST = max(TERMS.warn_before), TERMS.last_warning
MINUTE = timedelta(minutes=1)


def ends(office, name, at, *, to=(ANN,), **changes):
    """Enrol a tenant whose early warning comes due at this moment."""
    tenant = office.tenant(name, *to)
    lease = replace(tenant.lease, started_at=at + EARLY - TERMS.lasts, expires_at=at + EARLY)
    due = replace(tenant, lease=lease, next_due_at=at, **changes)
    return office.store.ledger.record(Change(due, [Event(NOW, "observed", "seen")]))


def warned(office, name, before=EARLY):
    office.queue(office.store.ledger.tenant(f"id-{name}"), before=before, next_due_at=None)


def test_an_early_warning_waits_for_that_of_another_project_and_goes_with_it(office):
    ends(office, "aurora", NOW)
    ends(office, "borealis", NOW + 40 * MINUTE)
    warned(office, "aurora")
    assert office.deliver() == Delivered(held=1)
    assert office.deliver() == Delivered()
    letter = office.letter("aurora")
    assert (letter.state, letter.attempts, letter.accepted_at) == (LetterState.QUEUED, 0, None)
    office.clock.advance(40 * MINUTE)
    warned(office, "borealis")
    assert office.deliver() == Delivered(accepted=2)
    (message,) = office.postman.carried
    assert message.subject.startswith("[Action needed] 2 of your trial projects end")


def test_it_goes_after_an_hour_whatever_became_of_the_other(office):
    ends(office, "aurora", NOW)
    ends(office, "borealis", NOW + 59 * MINUTE)
    warned(office, "aurora")
    office.deliver()
    assert office.letter("aurora").next_attempt_at == NOW + 60 * MINUTE
    office.clock.advance(60 * MINUTE)
    assert office.deliver() == Delivered(accepted=1)


def test_the_last_warning_waits_for_nobody_and_takes_along_what_waits(office):
    ends(office, "aurora", NOW)
    ends(office, "borealis", NOW + 40 * MINUTE)
    ends(office, "cirrus", NOW + LAST - EARLY)
    warned(office, "aurora")
    assert office.deliver() == Delivered(held=1)
    warned(office, "cirrus", before=LAST)
    assert office.deliver() == Delivered(accepted=2)
    (message,) = office.postman.carried
    assert "trial-cirrus" in message.text
    assert "trial-aurora" in message.text


@pytest.mark.parametrize("kind", [LetterKind.WELCOME, LetterKind.SUSPENDED, LetterKind.RENEWED])
def test_no_other_letter_waits(office, kind):
    tenant = ends(office, "aurora", NOW + 9 * 60 * MINUTE)
    ends(office, "borealis", NOW + 30 * MINUTE)
    state = {"state": "SUSPENDED", "suspended_at": NOW} if kind is LetterKind.SUSPENDED else {}
    office.queue(tenant, kind, **state)
    assert office.deliver() == Delivered(accepted=1)


@pytest.mark.parametrize(
    "other",
    [
        {"to": (ANN, BOB)},
        {"to": (BOB,)},
        {"hold": Hold(NOW + timedelta(days=3), "on holiday", "ops")},
        {"at": NOW + 61 * MINUTE},
        {"vanished_at": NOW},
    ],
    ids=["somebody else too", "somebody else", "held", "later", "gone"],
)
def test_nothing_waits_for_what_will_not_come(office, other):
    ends(office, "aurora", NOW)
    ends(office, "borealis", **{"at": NOW + 30 * MINUTE} | other)
    warned(office, "aurora")
    assert office.deliver() == Delivered(accepted=1)


def test_a_warning_shortly_before_the_end_does_not_wait(office):
    short = replace(TERMS, warn_before=(timedelta(hours=20), timedelta(hours=4)))
    for name in ("aurora", "borealis"):
        tenant = office.tenant(name, ANN)
        lease = replace(tenant.lease, terms=short, expires_at=NOW + timedelta(hours=20))
        office.store.ledger.record(
            Change(replace(tenant, lease=lease, next_due_at=NOW), [Event(NOW, "observed", "seen")])
        )
    warned(office, "aurora", before=timedelta(hours=20))
    assert office.deliver() == Delivered(accepted=1)


def test_who_renews_meanwhile_gets_no_warning(office):
    tenant = ends(office, "aurora", NOW)
    ends(office, "borealis", NOW + 30 * MINUTE)
    warned(office, "aurora")
    office.deliver()
    tenant = office.store.ledger.tenant(tenant.id)
    renewed = replace(tenant.lease, expires_at=tenant.lease.expires_at + timedelta(days=13), arming=1, renewals=1)
    office.store.ledger.record(Change(replace(tenant, lease=renewed), [Event(NOW, "renewed", "renewed")]))
    office.clock.advance(30 * MINUTE)
    warned(office, "borealis")
    assert office.deliver() == Delivered(accepted=1)
    assert office.letter("aurora").state is LetterState.SUPERSEDED
    assert "aurora" not in office.postman.carried[0].text
