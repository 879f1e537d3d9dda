"""The table: for every step that takes something away, the facts it needs, what they must say, how old they may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reaper.judge import checks
from reaper.judge.evidence import About, Evidence

#: Says what is wrong with the value of a fact that is known and fresh; None: nothing.
Check = Callable[[Evidence, object, datetime], str | None]


class Step(StrEnum):
    """What may be done to a project or a thing in it, as a person would say it."""

    SUSPEND = "suspend a tenant"
    RESTRICT = "restrict a project"
    CLOSE_PROJECT = "close a project"
    LOCK = "lock a server"
    LOCK_AGAIN = "lock a remembered server once more"
    STOP = "stop a server"
    RECLAIM = "reclaim a tenant"
    CONDEMN = "reclaim a tenant by hand"
    BOOK = "book a tenant as reclaimed"
    CLEAR_ROUTES = "clear a router's routes"
    DETACH = "detach a volume"
    FORCE = "force a stuck thing"
    DELETE = "delete a thing"
    DELETE_PROJECT = "delete a project"
    REOPEN_PROJECT = "open an emptied project"
    DELETE_IDLE = "delete an idle thing"
    DELETE_ARCHIVE = "delete an archive's image"
    RESTORE = "restore a tenant"


@dataclass(frozen=True)
class Need:
    """One fact that a step needs: what it must say in words and as a check, and how old it may be."""

    about: About
    words: str
    at_most: timedelta
    check: Check


#: Read from the database and from Keystone: shared by everything that is done to a tenant within so long.
SOON = timedelta(seconds=10)
#: What a service said about the thing itself.
SEEN = timedelta(seconds=5)
#: A tenant that was read empty twice: its project goes at once, or not on that word.
EMPTIED = timedelta(minutes=1)
#: A list of all projects; the gate `inventory` holds it to the operator's own, shorter limit.
CENSUS = timedelta(days=7)

NOT_PAUSED = Need(About.PAUSE, "nobody has paused Reaper", SOON, checks.not_paused)
GATES_OPEN = Need(About.GATES, "all are open", SOON, checks.gates_open)
CENSUS_WHOLE = Need(About.CENSUS, "the last one was complete", CENSUS, checks.census_complete)
UNCHANGED = Need(About.LEDGER, "nobody has changed it", SOON, checks.unchanged)
NOT_HELD = Need(About.LEDGER, "nobody holds it", SOON, checks.not_held)
NOT_EXEMPT = Need(About.LEDGER, "nothing exempts it", SOON, checks.not_exempt)
MAY_SUSPEND = Need(About.LEDGER, "its policy goes as far as `suspend`", SOON, checks.stage_suspend)
MAY_RECLAIM = Need(About.LEDGER, "its policy goes as far as `reclaim`", SOON, checks.stage_reclaim)
SUSPEND_DUE = Need(About.LEDGER, "its letters were accepted and suspending it is due", SOON, checks.suspend_due)
RECLAIM_DUE = Need(About.LEDGER, "its letters were accepted and reclaiming it is due", SOON, checks.reclaim_due)
RESTORE_DUE = Need(About.LEDGER, "restoring it is due", SOON, checks.restore_due)
TAKING_DUE = Need(About.LEDGER, "suspending or reclaiming it is due", SOON, checks.suspend_or_reclaim_due)
ACTIVE = Need(About.LEDGER, "its lease runs and idle rules concern it", SOON, checks.idle_rules_concern_it)
AT_REST = Need(About.LEDGER, "no reclaim of it is under way", SOON, checks.at_rest)
NOT_KEPT = Need(
    About.LEDGER, "its policy keeps nothing of this kind, and no more than was planned by", SOON, checks.not_kept
)
OURS_TO_TOUCH = Need(About.PROJECT, "it exists and is not protected or immutable", SOON, checks.touchable)
AS_FOUND = Need(About.PROJECT, "it is as people left it, or closed by us", SOON, checks.open_or_begun)
CLOSED = Need(About.PROJECT, "it is closed, as we left it", SOON, checks.closed)
OPEN = Need(About.PROJECT, "it is open, as its people left it", SOON, checks.still_open)
OWNED = Need(About.OWNER, "it is the tenant's project", SEEN, checks.owned)
UNUSED = Need(About.USERS, "nobody else uses it", SEEN, checks.unused)
COVERED = Need(About.ARCHIVE, "every server that goes has its promised image", SEEN, checks.covered)
EMPTY = Need(About.EMPTY, "everything was just read empty twice", EMPTIED, checks.is_empty)
THING_DUE = Need(About.DUE, "its own time is over, and its letter was accepted where one is owed", SEEN, checks.is_due)
STILL_IDLE = Need(About.IDLE, "it is idle still, with no more going along than was told", SEEN, checks.is_idle)

_AT_ALL = (NOT_PAUSED, GATES_OPEN, CENSUS_WHOLE, UNCHANGED, NOT_HELD, NOT_EXEMPT)
_SUSPENSION = (*_AT_ALL, MAY_SUSPEND, SUSPEND_DUE, OURS_TO_TOUCH)
_RECLAIM = (*_AT_ALL, MAY_RECLAIM, RECLAIM_DUE, OURS_TO_TOUCH, CLOSED)
_THING = (*_RECLAIM, NOT_KEPT, OWNED, UNUSED, COVERED)

#: Needs are asked in this order, and the first that fails is the answer.
TABLE: Mapping[Step, tuple[Need, ...]] = {
    Step.SUSPEND: (*_SUSPENSION, AS_FOUND),
    Step.RESTRICT: (*_SUSPENSION, AS_FOUND),
    Step.CLOSE_PROJECT: _SUSPENSION,
    Step.LOCK: (*_SUSPENSION, OWNED),
    Step.LOCK_AGAIN: (*_AT_ALL, TAKING_DUE, OURS_TO_TOUCH),
    Step.STOP: (*_SUSPENSION, OWNED),
    Step.RECLAIM: _RECLAIM,
    Step.BOOK: (NOT_PAUSED, UNCHANGED, NOT_HELD, NOT_EXEMPT, RECLAIM_DUE),
    # Judged as if its lease and suspension were over; what follows is suspended and reclaimed as everything else.
    Step.CONDEMN: (*_AT_ALL, MAY_RECLAIM, RECLAIM_DUE, OURS_TO_TOUCH),
    Step.CLEAR_ROUTES: _THING,
    Step.DETACH: _THING,
    Step.FORCE: _THING,
    Step.DELETE: _THING,
    Step.DELETE_PROJECT: (*_RECLAIM, EMPTY),
    Step.REOPEN_PROJECT: (*_RECLAIM, EMPTY),
    Step.DELETE_IDLE: (
        *_AT_ALL, MAY_RECLAIM, NOT_KEPT, ACTIVE, OURS_TO_TOUCH, OPEN, OWNED, UNUSED, THING_DUE, STILL_IDLE,
    ),
    Step.DELETE_ARCHIVE: (NOT_PAUSED, GATES_OPEN, CENSUS_WHOLE, NOT_HELD, NOT_EXEMPT, MAY_RECLAIM, AT_REST, THING_DUE),
    Step.RESTORE: (UNCHANGED, RESTORE_DUE, OURS_TO_TOUCH),
}  # fmt: skip
