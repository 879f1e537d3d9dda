"""What each age and standing calls for, as a table; every line is a rule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.lifecycle import Keep, Quarantine, Rearm, Reclaim, Restore, Suspend, Tell, Unhold, Warn, decide
from reaper.model import Enforce, Hold, LetterKind, LetterState, State, Unfinished
from tests.unit.lifecycle.cases import END, QUEUED, REFUSED, START, TERMS, TOLD, WARNED, at, letter, suspended, tenant

HELD = Hold(at(-1), "an appeal", "ops")
LATE = letter("warning", -1, 2)
REFUSED_WARNING, REFUSED_REMINDER = letter("warning", -8, 8, REFUSED), letter("warning", -2, 2, REFUSED)
STAND_IN = letter("orphan", -2)

CASES = {
    "a new tenant is welcomed": (tenant(), at(-31), Tell),
    "a welcomed tenant is left alone": (tenant(letter("welcome", -31)), at(-20), Keep),
    "the first warning goes when its time has come": (tenant(letter("welcome", -31)), at(-8), Warn),
    "a warning that was given is not given again": (tenant(WARNED[0]), at(-7), Keep),
    "the most urgent warning goes although the first was missed": (tenant(), at(-1), Warn),
    "no step before the last warning was accepted": (tenant(letter("warning", -2, 2, QUEUED)), at(6), Keep),
    "a deferred warning holds everything": (tenant(letter("warning", -2, 2, LetterState.DEFERRED)), at(6), Keep),
    "an early warning alone allows nothing": (tenant(letter("warning", -8, 8, QUEUED), WARNED[1]), at(0.5), Keep),
    "a lease that was warned in time lasts until its end": (tenant(*WARNED), at(-0.1), Keep),
    "and ends on its day, whatever reminders came after": (tenant(*WARNED), at(0), Suspend),
    "a late acceptance moves the deadline": (tenant(LATE), at(1.9), Keep),
    "by a full notice and no more": (tenant(LATE), at(2), Suspend),
    "a required warning that was accepted late moves it too": (
        tenant(letter("warning", -1, 8), REFUSED_REMINDER),
        at(1.9),
        Keep,
    ),
    "a reminder that is refused takes back nothing": (tenant(WARNED[0], REFUSED_REMINDER), at(0), Suspend),
    "a reminder that waits holds nothing": (tenant(WARNED[0], letter("warning", -2, 2, QUEUED)), at(0), Suspend),
    "a reminder counts where the required warning came back": (tenant(REFUSED_WARNING, WARNED[1]), at(0.9), Keep),
    "a full notice after it": (tenant(REFUSED_WARNING, STAND_IN, WARNED[1]), at(1), Suspend),
    "a required warning that is sent again counts anew": (
        tenant(*WARNED[:1], letter("warning", -7, 8, QUEUED), REFUSED_REMINDER),
        at(6),
        Keep,
    ),
    "a deadline that a letter named is kept": (tenant(WARNED[0], letter("warning", -2, 2, told=4)), at(3.9), Keep),
    "and then it comes": (tenant(WARNED[0], letter("warning", -2, 2, told=4)), at(4), Suspend),
    "a step that is long overdue is announced again": (tenant(*WARNED), at(9), Rearm),
    "an unreachable tenant is told to the admins": (tenant(REFUSED_WARNING, REFUSED_REMINDER), at(-1), Tell),
    "and waits": (tenant(REFUSED_WARNING, REFUSED_REMINDER, STAND_IN), at(14.9), Keep),
    "but is not immortal": (tenant(REFUSED_WARNING, REFUSED_REMINDER, STAND_IN), at(15), Suspend),
    "an unreachable tenant waits for the admins' letter": (
        tenant(REFUSED_WARNING, letter("orphan", -2, None, QUEUED), REFUSED_REMINDER),
        at(40),
        Keep,
    ),
    "a letter to the admins about an earlier refusal does not count": (
        tenant(letter("orphan", -3), REFUSED_REMINDER),
        at(20),
        Tell,
    ),
    "a suspended tenant waits": (suspended(), at(6.9), Keep),
    "a suspended tenant is reclaimed at the end of its suspension": (suspended(), at(7), Reclaim),
    "notice holds after the suspension letter too": (suspended(*WARNED, letter("suspended", 5)), at(7.9), Keep),
    "no reclaim before the suspension letter was accepted": (
        suspended(*WARNED, letter("suspended", 1, None, QUEUED)),
        at(30),
        Keep,
    ),
    "a suspended tenant without its letter is told": (suspended(*WARNED), at(2), Tell),
    "a suspension that was begun is finished": (
        suspended(*WARNED, unfinished=Unfinished.SUSPEND),
        at(1.1),
        Suspend,
    ),
    "a failed suspension backs off": (
        suspended(*WARNED, unfinished=Unfinished.SUSPEND, retry_at=at(2)),
        at(1.1),
        Keep,
    ),
    "what could not be stopped is tried again": (
        suspended(unfinished=Unfinished.SUSPEND, retry_at=at(2)),
        at(2),
        Suspend,
    ),
    "but not before its time": (suspended(unfinished=Unfinished.SUSPEND, retry_at=at(2)), at(1.9), Keep),
    "and it does not outlive its suspension": (
        suspended(unfinished=Unfinished.SUSPEND, retry_at=at(7)),
        at(7),
        Reclaim,
    ),
    "nor is it touched when the stage was taken back": (
        suspended(unfinished=Unfinished.SUSPEND, retry_at=at(2), enforce=Enforce.NOTIFY),
        at(3),
        Keep,
    ),
    "a reclaim that was begun is finished": (suspended(state=State.RECLAIMING, reclaiming_at=at(7)), at(30), Reclaim),
    "a failed reclaim backs off": (suspended(state=State.RECLAIMING, retry_at=at(9)), at(8), Keep),
    "a reclaimed tenant is left alone": (suspended(state=State.RECLAIMED), at(90), Keep),
    "a renewal from suspension is carried out whatever holds": (
        tenant(unfinished=Unfinished.RESTORE, exempt="a tag", hold=HELD, enforce=Enforce.OBSERVE),
        at(-2),
        Restore,
    ),
    "a hold holds": (tenant(*WARNED, hold=Hold(at(9), "an appeal", "ops")), at(5), Keep),
    "a hold ends on its review date": (tenant(*WARNED, hold=HELD), at(5), Unhold),
    "an exempt tenant is left alone": (tenant(*WARNED, exempt="its tag"), at(5), Keep),
    "an exempt tenant that is suspended is not reclaimed": (suspended(exempt="its tag"), at(7), Keep),
    "an exempt tenant that is being reclaimed is let be": (
        suspended(state=State.RECLAIMING, exempt="its tag"),
        at(7),
        Keep,
    ),
    "a vanished project is left alone": (tenant(*WARNED, vanished_at=at(0)), at(5), Keep),
    "a quarantined tenant is left alone": (tenant(*WARNED, state=State.QUARANTINED), at(5), Keep),
    "under observe nobody is written to": (tenant(enforce=Enforce.OBSERVE), at(-1), Keep),
    "under notify warnings go": (tenant(enforce=Enforce.NOTIFY), at(-1), Warn),
    "under notify nothing is taken": (tenant(*WARNED, enforce=Enforce.NOTIFY), at(2), Keep),
    "under suspend it is suspended": (tenant(*WARNED, enforce=Enforce.SUSPEND), at(2), Suspend),
    "under suspend nothing is deleted": (suspended(enforce=Enforce.SUSPEND), at(8), Keep),
    "a stage taken back halts a suspension": (
        suspended(*WARNED, unfinished=Unfinished.SUSPEND, enforce=Enforce.NOTIFY),
        at(2),
        Keep,
    ),
    "a stage taken back halts a reclaim": (suspended(state=State.RECLAIMING, enforce=Enforce.SUSPEND), at(8), Keep),
    "a stricter stage begins with a new notice": (tenant(*WARNED, decided_under=Enforce.NOTIFY), at(2), Rearm),
    "also in suspension": (suspended(decided_under=Enforce.SUSPEND), at(7), Rearm),
    "a policy that is gone is a person's business": (tenant(*WARNED, enforce=None), at(2), Quarantine),
    "so is a lease in 1970": (
        tenant(started_at=datetime(1970, 1, 1, tzinfo=UTC), expires_at=datetime(1970, 2, 1, tzinfo=UTC)),
        at(0),
        Quarantine,
    ),
    "so is a lease of a hundred years": (tenant(expires_at=at(36500)), at(0), Quarantine),
    "so is a lease that begins tomorrow": (tenant(), START - timedelta(days=2), Quarantine),
    "so is a lease that ends before it begins": (tenant(expires_at=START - timedelta(days=1)), at(0), Quarantine),
    "so are renewals beyond the ladder": (tenant(*WARNED, renewals=3), at(2), Quarantine),
    "so are negative ones": (tenant(*WARNED, renewals=-1), at(2), Quarantine),
    "so is a suspension without a date": (tenant(*WARNED, TOLD, state=State.SUSPENDED), at(9), Quarantine),
    "so is a damaged row": (tenant(*WARNED, damaged="leases.terms holds 'x'"), at(2), Quarantine),
}


@pytest.mark.parametrize(("seen", "now", "expected"), CASES.values(), ids=CASES)
def test_decide(seen, now, expected):
    assert isinstance(decide(seen, now), expected), decide(seen, now)


def test_the_most_urgent_of_several_missed_warnings_is_the_one():
    assert decide(tenant(), at(-1)).before == timedelta(days=2)
    assert decide(tenant(), at(-7)).before == timedelta(days=8)


def test_a_warning_names_the_deadline_that_will_hold_if_it_is_accepted_now():
    assert decide(tenant(), at(-1)).deadline == at(2)
    assert decide(tenant(), at(30)).deadline == at(33)


def test_a_warning_in_time_names_the_end_of_the_lease():
    assert decide(tenant(), at(-8)).deadline == at(0)


def test_where_no_warning_lies_a_notice_before_the_end_the_first_is_required_and_names_the_later_day():
    late = replace(TERMS, warn_before=(timedelta(days=2), timedelta(days=1)))
    assert decide(tenant(terms=late), at(-2)).deadline == at(1)
    assert decide(tenant(letter("warning", -2, 2), letter("warning", -1, 1), terms=late), at(0.9)).until == at(1)


@pytest.mark.parametrize(
    "given_notices",
    [(WARNED[0],), (REFUSED_WARNING, letter("orphan", -8)), (letter("warning", -8, 8, QUEUED),)],
    ids=["accepted", "refused", "waiting"],
)
def test_a_reminder_goes_at_its_time_whatever_became_of_the_required_warning(given_notices):
    assert decide(tenant(*given_notices), at(-7)).until == at(-2)
    assert decide(tenant(*given_notices), at(-2)).before == timedelta(days=2)


def test_waiting_ends_when_the_next_step_may_come():
    assert decide(tenant(letter("welcome", -31)), at(-20)).until == at(-8)
    assert decide(tenant(*WARNED), at(-1)).until == at(0)
    assert decide(suspended(), at(2)).until == at(7)


notices = st.lists(
    st.builds(
        letter,
        st.sampled_from(["welcome", "warning", "suspended", "orphan"]),
        st.floats(-31, 40),
        st.sampled_from([8, 2]),
        st.sampled_from(list(LetterState)),
        st.none() | st.floats(-10, 40),
    ),
    max_size=6,
)


@given(notices, st.sampled_from([State.ACTIVE, State.SUSPENDED]), st.floats(-31, 60), st.sampled_from(list(Enforce)))
def test_nothing_is_taken_without_its_letter_a_full_notice_ago(given_notices, state, day, enforce):
    seen = tenant(
        *given_notices, state=state, suspended_at=at(0) if state is State.SUSPENDED else None, enforce=enforce
    )
    decision = decide(seen, at(day))
    if not isinstance(decision, (Suspend, Reclaim)):
        return
    kind = LetterKind.WARNING if isinstance(decision, Suspend) else LetterKind.SUSPENDED
    last = [
        n
        for n in given_notices
        if n.kind is kind and (kind is LetterKind.SUSPENDED or n.before <= TERMS.required_warning)
    ]
    arrived = [n for n in last if n.accepted_at is not None and n.accepted_at + TERMS.notice <= at(day)]
    stood_in = [n for n in given_notices if n.kind is LetterKind.ORPHAN and n.accepted_at is not None]
    assert arrived or any(n.accepted_at + TERMS.orphans_wait <= at(day) for n in stood_in)
    assert at(day) >= END
    assert enforce.reaches(Enforce.SUSPEND if isinstance(decision, Suspend) else Enforce.RECLAIM)
