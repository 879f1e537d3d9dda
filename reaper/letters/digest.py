"""What the letters to the admins about everything say: the day that was, and mail that does not go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from reaper.letters.languages import CHINESE, joined, moment
from reaper.letters.losses import clean, counted
from reaper.model import EventKind

#: So many lines of one sort are told; of the others, how many.
LINES = 40
_LONGEST = 300
#: What happened to tenants, by the word under which the history keeps it.
TOLD = {
    EventKind.WARNING: ("{} warned", "提醒{}个"),
    EventKind.IDLE_WARNING: ("{} told of idle things", "通知闲置资源{}个"),
    EventKind.SUSPENDED: ("{} suspended", "停用{}个"),
    EventKind.RESTORED: ("{} restored", "恢复{}个"),
    EventKind.RECLAIMED: ("{} reclaimed", "收回{}个"),
    EventKind.IDLE_GIVEN_BACK: ("{} gave back idle things", "删除闲置资源{}个"),
}
_FOR_A_PERSON = ("orphans", "quarantined", "waiting", "holds", "gates", "mail")
_QUIET = ("nothing happened", "无事发生")


@dataclass(frozen=True)
class Day:
    """What there is to say of a day: sentences by sort, what happened by word, what was freed by kind."""

    happened: Mapping[str, int] = field(default_factory=dict)
    freed: Mapping[str, int] = field(default_factory=dict)
    due: Sequence[str] = ()
    orphans: Sequence[str] = ()
    quarantined: Sequence[str] = ()
    waiting: Sequence[str] = ()
    holds: Sequence[str] = ()
    gates: Sequence[str] = ()
    leftovers: Sequence[str] = ()
    mail: Sequence[str] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened, nothing comes due and nothing waits for a person."""
        told = (*(self.happened.get(kind) for kind in TOLD), *self.freed.values())
        return not any((*told, self.due, self.leftovers, *(getattr(self, name) for name in _FOR_A_PERSON)))


def facts_of_day(day: Day, now: datetime, *, cloud: str, language: str, zone: tzinfo) -> Mapping[str, object]:
    """Return what the template of the daily letter may say."""
    chinese = language == CHINESE
    did = [said[chinese].format(day.happened[word]) for word, said in TOLD.items() if day.happened.get(word)]
    sorts = {name: _lines(getattr(day, name)) for name in ("due", "leftovers", *_FOR_A_PERSON)}
    return {
        "cloud": clean(cloud),
        "day": moment(now, now, language, zone),
        "headline": joined(did, language) or _QUIET[chinese],
        "freed": [counted(count, kind, language) for kind, count in day.freed.items()],
        "attention": any(sorts[name] for name in _FOR_A_PERSON),
        **sorts,
    }


def facts_of_trouble(
    waiting: Sequence[str], since: datetime, now: datetime, *, cloud: str, language: str, zone: tzinfo
) -> Mapping[str, object]:
    """Return what the template of the letter about mail trouble may say."""
    return {
        "cloud": clean(cloud),
        "since": moment(since, now, language, zone),
        "waiting": len(waiting),
        "mail": _lines(waiting),
    }


def _lines(told: Sequence[str]) -> list[str]:
    rest = [f"+ {len(told) - LINES}"] if len(told) > LINES else []
    return [*(clean(line, _LONGEST) for line in told[:LINES]), *rest]
