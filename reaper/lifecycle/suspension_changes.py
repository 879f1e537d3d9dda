"""The changes of a suspension: begun, carried out or not, undone; each a pure function to what is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from reaper.lifecycle.next_states import Transition
from reaper.lifecycle.transitions import changed, untroubled
from reaper.model import Change, Event, EventKind, LetterKind, Queued, State, StoppedServer, Tenant, Unfinished


def begin_suspension(tenant: Tenant, now: datetime) -> Change:
    """Record the intention before the first request, so that a crash resumes instead of forgetting."""
    begun = replace(tenant, state=State.SUSPENDED, unfinished=Unfinished.SUSPEND, suspended_at=now, memory=())
    begun = replace(begun, halted_at=None)
    why = "the lease is over" if tenant.lease.given_back_at is None else "its people gave it back"
    event = Event(now, EventKind.SUSPENDING, f"{why}; servers will be stopped")
    return changed(Transition.BEGIN_SUSPENSION, tenant, begun, (event,))


def remember_servers(tenant: Tenant, memory: tuple[StoppedServer, ...]) -> Change:
    """Keep what a look found before anything is asked because of it."""
    return changed(Transition.REMEMBER_SERVERS, tenant, replace(tenant, memory=memory))


def suspended(tenant: Tenant, text: str, now: datetime) -> Change:
    """Book a suspension that is carried out. It lasts from when everything stands still, not from when it was begun.

    One that was booked while something still ran (`still_running`) has its letter and its time already.
    """
    done = replace(untroubled(tenant), unfinished=None, next_due_at=now)
    return _booked(tenant, done, Event(now, EventKind.SUSPENDED, text))


def still_running(
    tenant: Tenant, servers: Collection[tuple[str, str]], why: str, again_at: datetime, now: datetime
) -> Change:
    """Book a suspension in which some servers could not be stopped: the ledger says that they run, and why.

    It is tried again at `again_at`; `servers` are region and id of each.
    """
    memory = tuple(replace(m, still_runs=why if (m.region, m.id) in servers else None) for m in tenant.memory)
    names = ", ".join(m.name or m.id for m in memory if m.still_runs)
    text = f"the project is closed, but {names} could not be stopped and may be running: {why}"
    booked = replace(
        untroubled(tenant),
        unfinished=Unfinished.SUSPEND,
        memory=memory,
        blocker=text,
        retry_at=again_at,
        next_due_at=now,
    )
    return _booked(tenant, booked, Event(now, EventKind.SUSPENDED, text))


def _booked(tenant: Tenant, booked: Tenant, event: Event) -> Change:
    """Say it once: with the letter and from this moment on, or only a line where that has been done in this round."""
    if not tenant.is_told_of_suspension:
        begun = replace(booked, suspended_at=event.at)
        return changed(Transition.SUSPENDED, tenant, begun, (event,), (Queued(LetterKind.SUSPENDED),))
    news = () if booked.blocker is not None and booked.blocker == tenant.blocker else (event,)
    return changed(Transition.SUSPENDED, tenant, booked, news)


def restored(tenant: Tenant, text: str, now: datetime) -> Change:
    """Book a restoration that is carried out."""
    done = replace(untroubled(tenant), unfinished=None, memory=(), next_due_at=now)
    event = Event(now, EventKind.RESTORED, text)
    return changed(Transition.RESTORED, tenant, done, (event,), (Queued(LetterKind.RESTORED),))
