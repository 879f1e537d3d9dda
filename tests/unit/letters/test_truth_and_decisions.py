"""What the lifecycle decides to tell is true when it is told: no letter is queued and set aside for ever."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from reaper.letters import facts_for, still_true
from reaper.lifecycle import Quarantine, Tell, Warn, decide
from reaper.model import Enforce, Hold, LetterKind, LetterState, Notice, State
from tests.unit.letters.cases import LEASE, NOW, TENANT, TERMS, letter

moments = st.timedeltas(timedelta(days=-40), timedelta(days=1)).map(lambda away: NOW + away)
notices = st.builds(
    Notice,
    kind=st.sampled_from([LetterKind.WELCOME, LetterKind.WARNING, LetterKind.SUSPENDED, LetterKind.ORPHAN]),
    state=st.sampled_from([LetterState.QUEUED, LetterState.ACCEPTED, LetterState.REFUSED]),
    queued_at=moments,
    before=st.sampled_from(TERMS.warn_before),
    accepted_at=moments,
)
tenants = st.builds(
    lambda start, given, arming, **standing: replace(
        TENANT,
        lease=replace(LEASE, started_at=start, expires_at=start + TERMS.lasts, notices=tuple(given), arming=arming),
        **standing,
    ),
    start=moments,
    given=st.lists(notices, max_size=3),
    arming=st.integers(0, 1),
    state=st.sampled_from([State.ACTIVE, State.SUSPENDED]),
    suspended_at=moments,
    enforce=st.sampled_from([*Enforce, *Enforce, None]),
    decided_under=st.sampled_from([Enforce.RECLAIM, *Enforce]),
    exempt=st.sampled_from([None, None, None, "a tag"]),
    hold=st.none() | st.none() | st.builds(Hold, moments, st.just("exams"), st.just("ming")),
    vanished_at=st.sampled_from([None, None, None, NOW]),
)


def told(tenant, decision):
    """The letter that the sweep queues for a decision, with the tenant as it then stands."""
    kind = (
        LetterKind.QUARANTINED if isinstance(decision, Quarantine) else getattr(decision, "letter", LetterKind.WARNING)
    )
    before = decision.before if isinstance(decision, Warn) else None
    if isinstance(decision, Quarantine):
        kind = LetterKind.QUARANTINED
        tenant = replace(tenant, state=State.QUARANTINED, quarantined_from=tenant.state, quarantine_reason="odd")
    queued = Notice(kind, LetterState.QUEUED, NOW, before)
    lease = replace(tenant.lease, notices=(*tenant.lease.notices, queued))
    return letter(kind, tenant, before=before), replace(tenant, lease=lease)


@settings(max_examples=500)
@given(tenants)
def test_a_letter_that_was_just_decided_on_is_true(tenant):
    decision = decide(tenant, NOW)
    if isinstance(decision, Tell | Warn | Quarantine):
        written, then = told(tenant, decision)
        assert still_true(then, written, NOW) is None
        assert facts_for(then, written, NOW, link="x", losses=None)


@given(tenants)
def test_a_letter_never_names_a_deadline_before_the_decisions(tenant):
    decision = decide(tenant, NOW)
    if isinstance(decision, Warn):
        written, then = told(tenant, decision)
        assert facts_for(then, written, NOW, link="x", losses=None)["deadline"].at >= decision.deadline
