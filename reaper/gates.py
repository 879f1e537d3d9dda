"""The conditions under which destructive work stops while warnings go on: pure, and closed when in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from reaper.model import CensusMark, GateInputs, Tenant

#: Clocks of controllers differ a little; more than this is no longer the same time.
SLACK = timedelta(minutes=5)
#: The fact under which the ledger keeps a person's consent to a plan over the limits, and for how long it counts.
CONSENT, CONSENT_LASTS = "consent to the plan", timedelta(days=1)
#: So many people may always leave between two censuses, in however small a cloud.
_A_FEW_PEOPLE = 3


@dataclass(frozen=True)
class Limits:
    """How much may go wrong, or be taken, before a person has to look."""

    tenants_per_pass: int = 10
    percent_per_pass: float = 5
    tenants_per_day: int = 100
    percent_per_day: float = 100
    shrink_percent: float = 20
    longest_gap: timedelta = timedelta(days=3)
    silence: timedelta = timedelta(days=1)
    census_age: timedelta = timedelta(days=1)
    idle_per_look: int = 50


@dataclass(frozen=True)
class Consent:
    """What a person said after looking at a plan over the limits: these tenants may go one step on, within a day."""

    at: datetime
    steps: frozenset[str]  # as `step_of` names them: who may be suspended is not to be deleted on that word

    @classmethod
    def to(cls, tenants: Iterable[Tenant], at: datetime) -> Self:
        """Consent to the next step of just these."""
        return cls(at, frozenset(map(step_of, tenants)))

    def holds(self, now: datetime) -> bool:
        """Whether it is recent enough to be about the plan of today."""
        return timedelta(0) <= now - self.at <= CONSENT_LASTS

    def __str__(self) -> str:
        """Render as the ledger keeps it."""
        return "\n".join([self.at.isoformat(), *sorted(self.steps)])


def step_of(tenant: Tenant) -> str:
    """Name a tenant and where it stands before the step."""
    return f"{tenant.id} {tenant.state}"


def read_consent(text: str | None) -> Consent | None:
    """Read what the ledger keeps; what cannot be read is no consent."""
    at, *steps = (text or "").split("\n")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Consent(moment, frozenset(steps)) if moment.tzinfo is not None else None


@dataclass(frozen=True)
class Gate:
    """A closed gate: its name, why it is closed and what opens it; for one cloud, or (None) for all."""

    name: str
    why: str
    cloud: str | None = None

    def __str__(self) -> str:
        """Render as one line."""
        return f"{self.name}{f' ({self.cloud})' if self.cloud else ''}: {self.why}"


def closed_gates(gate_inputs: GateInputs, clouds: tuple[str, ...], now: datetime, limits: Limits) -> tuple[Gate, ...]:
    """Return the gates that are closed before anybody asks for anything."""
    return (
        *_general(gate_inputs, now, limits),
        *(gate for cloud in clouds for gate in _inventory(gate_inputs, cloud, now, limits)),
    )


def _general(gate_inputs: GateInputs, now: datetime, limits: Limits) -> Iterator[Gate]:
    if gate_inputs.paused:
        yield Gate("pause", f"paused: {gate_inputs.paused}; `reaper resume` opens it")
    if not gate_inputs.at_head:
        yield Gate("database", "its schema is not the one of this version; `reaper db upgrade` opens it")
    if gate_inputs.behind:
        text = f"{gate_inputs.behind}; what people were promised since may be missing"
        yield Gate("ledger", f"{text}; `reaper db restored --reason` opens it, and begins everybody's warnings afresh")
    latest = max((at for at in (gate_inputs.beat_at, gate_inputs.last_event_at) if at is not None), default=None)
    if latest is not None and now < latest - SLACK:
        text = f"it is {now:%Y-%m-%d %H:%M} UTC, but the ledger already knows {latest:%Y-%m-%d %H:%M} UTC"
        yield Gate("clock", f"{text}; if it is the present that is right, `reaper gate accept clock` opens it")
    if is_back(gate_inputs, now, limits):
        yield Gate("outage", f"no sweep since {gate_inputs.beat_at:%Y-%m-%d %H:%M} UTC: all warnings start afresh")
    if gate_inputs.mail_incident is not None and gate_inputs.mail_incident.shuts(now):
        yield Gate("mail", f"{gate_inputs.mail_incident}; `reaper letter test ADDRESS` shows what it says")
        return
    waiting, silent_since = gate_inputs.oldest_unsent_at, now - limits.silence
    heard = gate_inputs.last_accepted_at is not None and gate_inputs.last_accepted_at > silent_since
    if waiting is not None and waiting < silent_since and not heard:
        yield Gate("mail", f"letters have been waiting since {waiting:%Y-%m-%d %H:%M} UTC and none was accepted lately")


def is_back(gate_inputs: GateInputs, now: datetime, limits: Limits) -> bool:
    """Whether Reaper was away, or the clock has jumped: either way what people were told is too old to act upon."""
    return gate_inputs.beat_at is not None and now - gate_inputs.beat_at > limits.longest_gap


def _inventory(gate_inputs: GateInputs, cloud: str, now: datetime, limits: Limits) -> Iterator[Gate]:
    mark: CensusMark | None = gate_inputs.censuses.get(cloud)
    if mark is None:
        yield Gate("inventory", "its projects have not been read yet", cloud)
        return
    if not mark.complete:
        yield Gate("inventory", f"the last listing of projects was not complete: {mark.why}", cloud)
    elif now - mark.at > limits.census_age:
        yield Gate("inventory", f"its projects were last read on {mark.at:%Y-%m-%d %H:%M} UTC", cloud)
    elif shrunk(mark, limits):
        text = f"it listed {mark.complete_projects} projects, and {mark.previous_projects} before"
        yield Gate("inventory", f"{text}; if that is right, `reaper gate accept inventory` opens it", cloud)


def shrunk(mark: CensusMark, limits: Limits) -> bool:
    """Whether the last complete listing is shorter than the one before it by more than the limit."""
    return mark.complete_projects < mark.previous_projects * (1 - limits.shrink_percent / 100)


def fewer_people(mark: CensusMark | None, addresses: int, limits: Limits) -> bool:
    """Whether a listing suddenly names fewer people who can be reached than the one before: none, or too few."""
    measure = mark.measured_people if mark is not None else 0
    few = measure - addresses < _A_FEW_PEOPLE and addresses > 0
    return measure > 0 and not few and addresses < measure * (1 - limits.shrink_percent / 100)


def allowance(gate_inputs: GateInputs, limits: Limits) -> int:
    """Return how many tenants may begin suspension or reclaim in one pass, at least one."""
    return max(1, min(limits.tenants_per_pass, _percent(gate_inputs.tenants, limits.percent_per_pass)))


def over_the_limit(
    beginning: Sequence[Tenant], gate_inputs: GateInputs, now: datetime, limits: Limits, consent: Consent | None = None
) -> Gate | None:
    """Close on a plan that would begin with more tenants than one pass or one day allows: it is refused whole.

    A tenant that was suspended within the last day is counted for that day already; those that a person has looked
    at and consented to are not counted.
    """
    agreed = consent.steps if consent is not None and consent.holds(now) else frozenset()
    counted = [tenant for tenant in beginning if step_of(tenant) not in agreed]
    allowed, opens = (
        allowance(gate_inputs, limits),
        "look at `reaper plan`; `reaper gate accept limits` lets just these go",
    )
    if len(counted) > allowed:
        text = f"{len(counted)} tenants are due at once, {allowed} may be"
        return Gate("limits", f"{text} (limits.tenants_per_pass, percent_per_pass); {opens}")
    fresh = sum(t.suspended_at is None or t.suspended_at <= now - timedelta(days=1) for t in counted)
    today = max(1, min(limits.tenants_per_day, _percent(gate_inputs.tenants, limits.percent_per_day)))
    if fresh and gate_inputs.taken_last_day + fresh > today:
        text = f"{gate_inputs.taken_last_day} tenants were begun in 24 hours and {fresh} are due, {today} may be"
        return Gate("limits", f"{text} (limits.tenants_per_day, percent_per_day); {opens}")
    return None


def _percent(count: int, percent: float) -> int:
    """Round up, so that a small cloud is not stopped for ever."""
    return -int(-count * percent // 100)
