"""Which state may follow which: one table, and everything else is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reaper.errors import NoSuchTransition
from reaper.lifecycle import lease_changes, suspension_changes, transitions
from reaper.lifecycle.next_states import NEXT, Transition
from reaper.model import Event, EventKind, Hold, LetterKind, QuarantineCause, Queued, State
from tests.unit.lifecycle.cases import TERMS, at, tenant

NOW = at(3)
WORD = Hold(at(9), "an appeal", "eve")
#: One call of every function that changes a tenant.
CHANGES = {
    Transition.RENEW: lambda t: lease_changes.extend(t, at(13), TERMS, "ada", NOW),
    Transition.KEEP: lambda t: lease_changes.keep_on(t, "ada", NOW),
    Transition.GIVE_BACK: lambda t: lease_changes.end_early(t, "ada", NOW),
    Transition.AWAY: lambda t: lease_changes.wait_for_people(t, at(13), "ada", NOW),
    Transition.AMNESTY: lambda t: lease_changes.put_under(t, TERMS, at(13), "ops", NOW),
    Transition.WAIT: lambda t: transitions.wait(t, at(29), t.decided_under, NOW, halts=False),
    Transition.TELL: lambda t: transitions.tell(t, Event(NOW, EventKind.LETTER, "said"), Queued(LetterKind.WELCOME)),
    Transition.REARM: lambda t: transitions.go_back(t, "why", NOW),
    Transition.HALT: lambda t: transitions.halt(t, NOW),
    Transition.BEGIN_SUSPENSION: lambda t: suspension_changes.begin_suspension(t, NOW),
    Transition.REMEMBER_SERVERS: lambda t: suspension_changes.remember_servers(t, ()),
    Transition.SUSPENDED: lambda t: suspension_changes.suspended(t, "done", NOW),
    Transition.RESTORED: lambda t: suspension_changes.restored(t, "done", NOW),
    Transition.BEGIN_RECLAIM: lambda t: transitions.begin_reclaim(t, NOW),
    Transition.RECLAIM_BY_HAND: lambda t: transitions.reclaim_by_hand(t, "eve", NOW),
    Transition.ARCHIVED: lambda t: transitions.archived(t, "whole", NOW),
    Transition.EMPTIED: lambda t: transitions.emptied(t, "empty", NOW),
    Transition.RECLAIMED: lambda t: transitions.reclaimed(t, "gone", NOW),
    Transition.BACK_OFF: lambda t: transitions.back_off(t, "busy", at(4), NOW, 3),
    Transition.QUARANTINE: lambda t: transitions.quarantine(t, QuarantineCause.MEDDLED, "odd", NOW),
    Transition.CONSENT: lambda t: transitions.consent(t, "let it go", "eve", NOW),
    Transition.HOLD: lambda t: transitions.hold(t, WORD, "an appeal", NOW),
    Transition.RELEASE: lambda t: transitions.release(t, "eve", NOW),
    Transition.PROTECT: lambda t: transitions.protect(t, "immutable", NOW),
    Transition.UNPROTECT: lambda t: transitions.unprotect(t, NOW),
    Transition.VANISH: lambda t: transitions.vanish(t, NOW),
    Transition.REAPPEAR: lambda t: transitions.reappear(t, NOW),
    Transition.NEW_LEASE: lambda t: transitions.lease_again(t, tenant(), NOW),
}


def standing(state: State):
    """Make a tenant in this state, as one would be that came there by the table."""
    quarantined = state is State.QUARANTINED
    cause = QuarantineCause.ARCHIVE if quarantined else None
    return tenant(
        state=state,
        suspended_at=at(1),
        quarantined_from=State.RECLAIMING if quarantined else None,
        quarantine_cause=cause,
    )


def test_every_change_has_its_row_and_every_state_is_reached_and_left():
    assert set(NEXT) == set(Transition) == set(CHANGES)
    assert {state for row in NEXT.values() for state in row} == set(State)
    assert {after for row in NEXT.values() for afters in row.values() for after in afters} == set(State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("change", Transition)
def test_what_the_table_does_not_have_is_refused(change, state):
    before = standing(state)
    allowed = NEXT[change].get(state)
    if allowed is None:
        with pytest.raises(NoSuchTransition):
            CHANGES[change](before)
    else:
        assert CHANGES[change](before).tenant.state in allowed


@pytest.mark.parametrize("cause", [None, *sorted(set(QuarantineCause) - {QuarantineCause.ARCHIVE})])
def test_a_consent_ends_no_quarantine_but_that_of_an_archive_whatever_its_reason_says(cause):
    stopped = replace(
        standing(State.QUARANTINED), quarantine_cause=cause, quarantine_reason="the archive is not whole: a port's name"
    )
    with pytest.raises(NoSuchTransition):
        transitions.consent(stopped, "let it go", "eve", NOW)


@pytest.mark.parametrize("state", State)
def test_protection_and_its_end_leave_a_persons_hold_as_it_is(state):
    held = transitions.hold(standing(state), WORD, "an appeal", NOW).tenant
    shielded = transitions.protect(held, "immutable", NOW).tenant
    assert (shielded.hold, shielded.protection) == (WORD, "immutable")
    bare = transitions.unprotect(shielded, at(4)).tenant
    assert (bare.hold, bare.protection) == (WORD, None)


def test_what_was_found_empty_before_a_release_or_a_new_reclaim_counts_no_more():
    empty = transitions.emptied(standing(State.RECLAIMING), "empty", NOW).tenant
    again = transitions.release(empty, "eve", at(4)).tenant
    assert (empty.emptied_at, again.state, again.emptied_at) == (NOW, State.SUSPENDED, None)
    assert transitions.begin_reclaim(again, at(5)).tenant.emptied_at is None
