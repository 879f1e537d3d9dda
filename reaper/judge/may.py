"""The judge: a pure function from a step, what is known and now to a permit or a refusal."""

from __future__ import annotations

from datetime import datetime, timedelta

from reaper.judge.checks import Malformed
from reaper.judge.evidence import Evidence, Known
from reaper.judge.permit import LASTS, SEAL, Permit, Refusal
from reaper.judge.steps import TABLE, Need, Step

#: A fact whose moment lies further ahead than this is none: a clock was set back since.
AHEAD = timedelta(seconds=1)


def may(step: Step, evidence: Evidence, now: datetime) -> Permit | Refusal:
    """Say whether a step may be taken now: yes only if every fact of its row is known, fresh, whole and says so.

    Args:
        step: What is to be done.
        evidence: What is known of the tenant and, where the step is about one, of the thing.
        now: The moment, aware, from the clock that the facts' moments come from.
    """
    for need in TABLE[step]:
        refusal = _speaks_against(step, need, evidence, now)
        if refusal is not None:
            return refusal
    tenant, key = evidence.tenant, evidence.thing.key if evidence.thing is not None else None
    return Permit(step, tenant.cloud, tenant.project_id, key, now, now + LASTS, SEAL)


def _speaks_against(step: Step, need: Need, evidence: Evidence, now: datetime) -> Refusal | None:
    fact = evidence.fact(need.about)
    if not isinstance(fact, Known):
        return Refusal(step, need, f"{need.about} is not known: {getattr(fact, 'why', fact)}", now, doubtful=True)
    if not isinstance(fact.at, datetime) or fact.at.tzinfo is None:
        return Refusal(step, need, f"{need.about} is not known: the answer has no moment", now, doubtful=True)
    if not -AHEAD <= now - fact.at <= need.at_most:
        text = f"{need.about} was asked at {fact.at:%Y-%m-%d %H:%M:%S} UTC, which is not within {need.at_most} of now"
        return Refusal(step, need, text, now, doubtful=True)
    try:
        why = need.check(evidence, fact.value, now)
    except Malformed as error:
        return Refusal(step, need, f"{need.about} is not known: {error}", now, doubtful=True)
    return Refusal(step, need, why, now) if why is not None else None
