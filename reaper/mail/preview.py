"""How a letter would look: of a tenant as it is, or of a made-up one that has a little of everything."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import assert_never

from reaper.clock import SystemClock
from reaper.letters import CATALOG, TOGETHER, Imprint, LetterSpec, OvertakenBy, Part, facts_for, facts_together, spec_of
from reaper.letters.digest import Day, facts_of_day, facts_of_trouble
from reaper.mail.render import LetterRenderer
from reaper.model import (
    Disk,
    Enforce,
    Hold,
    IdleThing,
    Judged,
    Lease,
    Letter,
    LetterKind,
    Person,
    ReportKind,
    Resource,
    State,
    Terms,
)

_NOW = datetime(2031, 11, 28, 9, 0, tzinfo=UTC)
_DAY = timedelta(days=1)
_SPEC_OF = {name: spec for spec in CATALOG for name in spec.templates} | {TOGETHER: spec_of(LetterKind.WARNING)}
_TERMS = Terms(
    policy="trial",
    lasts=30 * _DAY,
    warn_before=(7 * _DAY, 3 * _DAY, _DAY),
    notice=2 * _DAY,
    renew_by=14 * _DAY,
    renew_times=3,
    at_most=90 * _DAY,
    opens_before=7 * _DAY,
    away=21 * _DAY,
    suspension_lasts=7 * _DAY,
    orphans_wait=14 * _DAY,
)
_CLOUD = "Example Cloud"
_OTHER = "other"
_IMPRINT = Imprint("help@example.org", "https://cloud.example.org/", "https://cloud.example.org/privacy", command=True)


@dataclass(frozen=True)
class Sender:
    """Who sends the letter that is shown: what people know the cloud as, in which zone, and what it says of itself."""

    cloud: str
    imprint: Imprint
    zone: tzinfo = UTC


_SENDER = Sender(_CLOUD, _IMPRINT)
_HOLIDAY = Hold(_NOW + 9 * _DAY, "the people of the cloud are on holiday", "ops")


def made_up(
    renderer: LetterRenderer, template: str, language: str, tenant: Judged | None, sender: Sender = _SENDER
) -> tuple[str, str, str]:
    """Render subject, text and HTML of a letter by its template's name, as of now for a real tenant.

    Raises:
        Unusable: a template is missing or broken (which file, line).
    """
    facts = facts_of_template(template, language, tenant, sender)
    if template == TOGETHER:
        facts = _several(facts, renderer, language)
    return renderer.render(template, language, facts)


def facts_of_template(
    template: str, language: str, tenant: Judged | None = None, sender: Sender = _SENDER
) -> dict[str, object]:
    """Return everything that a template may name, for a made-up tenant if none is given."""
    spec = _SPEC_OF[template]
    if spec.report is not None:
        return dict(_of_report(spec.report, language))
    shown = tenant or _somebody(spec, last=template == spec.last_turn)
    now = SystemClock().now() if tenant else _NOW
    if template == TOGETHER:
        parts = [Part(spec.kind, _facts(one, spec, now, language, sender), "", "") for one in (shown, _another(shown))]
        return dict(facts_together(parts))
    return _facts(shown, spec, now, language, sender)


def _of_report(kind: ReportKind, language: str) -> Mapping[str, object]:
    match kind:
        case LetterKind.DIGEST:
            return facts_of_day(_a_day(), _NOW, cloud=_CLOUD, language=language, zone=UTC)
        case LetterKind.MAIL_TROUBLE:
            lines = ["warning, 2031-11-28 03:00 UTC: ann@example.org: 451 4.7.1 come back later"]
            return facts_of_trouble(lines, _NOW - _DAY / 4, _NOW, cloud=_CLOUD, language=language, zone=UTC)
        case _:
            assert_never(kind)


def _facts(shown: Judged, spec: LetterSpec, now: datetime, language: str, sender: Sender) -> dict[str, object]:
    letter = Letter("preview", shown.id, shown.lease.id, shown.lease.arming, spec.kind, now, "<preview@example.org>")
    link = f"https://reaper.example.org/lease/{'other-' if shown.id == _OTHER else ''}preview"
    losses = [replace(thing, project_id=shown.project_id) for thing in _things()]
    idle = _idle_things(now, gone=spec.kind is LetterKind.IDLE_GIVEN_BACK)
    told = facts_for(
        shown,
        letter,
        now,
        link=link,
        losses=losses,
        cloud_title=sender.cloud,
        language=language,
        zone=sender.zone,
        imprint=sender.imprint,
        idle=idle,
    )
    return dict(told)


def _another(first: Judged) -> Judged:
    """Make up another tenant of the same people, whose lease ends a little later."""
    lease = replace(first.lease, id=_OTHER, expires_at=first.lease.expires_at + 2 * _DAY)
    return replace(first, id=_OTHER, name="trial-borealis", project_id="0c7d9e41a5b84f6f93a2d1c0b7e86f35", lease=lease)


def _several(facts: dict[str, object], renderer: LetterRenderer, language: str) -> dict[str, object]:
    """Fill in what the letters within a message read like."""
    parts = facts["parts"] if isinstance(facts["parts"], list) else []
    written = [renderer.render(part.kind.value, language, {**part.facts, "inside": True}) for part in parts]
    return facts | {
        "parts": [replace(part, text=text, html=html) for part, (_, text, html) in zip(parts, written, strict=True)]
    }


def as_page(html: str, target: Path | None) -> Path:
    """Write the HTML of a letter into a file, a new one in the folder for temporary files if none is named."""
    if target is None:
        with tempfile.NamedTemporaryFile(prefix="letter-", suffix=".html", delete=False) as made:
            target = Path(made.name)
    target.write_text(html, encoding="utf-8")
    return target


def _somebody(spec: LetterSpec, *, last: bool) -> Judged:
    end = _NOW + (_DAY if last else 3 * _DAY)
    renewals = _TERMS.renew_times if last and spec.kind is LetterKind.RENEWED else 1
    lease = Lease("lease", _NOW - 27 * _DAY, end, _TERMS, renewals=renewals, arming=1)
    state = spec.true_in[0]
    return Judged(
        id="tenant",
        cloud="example",
        project_id="9f1c2e3b7d5a4c0e8b6f1a2d3c4e5f60",
        name="trial-aurora",
        lease=lease,
        state=state,
        people=(Person("user", "Wang Fang", "wang.fang@example.org", frozenset({"member"})),),
        suspended_at=_NOW if state is State.SUSPENDED else None,
        reclaimed_at=_NOW if state is State.RECLAIMED else None,
        quarantined_from=State.RECLAIMING if state is State.QUARANTINED else None,
        quarantine_reason="a port could not be deleted" if state is State.QUARANTINED else None,
        hold=_HOLIDAY if spec.overtaken is OvertakenBy.RELEASED else None,
        enforce=Enforce.RECLAIM,
        exempt=None,
    )


def _things() -> tuple[Resource, ...]:
    made: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("server", "web", {"addresses": ("10.0.0.5", "203.0.113.7")}),
        ("server", "database", {"addresses": ("10.0.0.6",)}),
        ("floating_ip", "", {"address": "203.0.113.7"}),
        ("volume", "records", {"size": 100}),
        ("network", "inside", {}),
        ("router", "edge", {}),
    )
    return tuple(
        Resource(kind, "north", f"id-{number}", name, None, status="ACTIVE", facts=facts)
        for number, (kind, name, facts) in enumerate(made)
    )


def _idle_things(now: datetime, *, gone: bool) -> tuple[IdleThing, ...]:
    made: tuple[tuple[str, str, str, dict[str, object], tuple[Disk, ...]], ...] = (
        ("unattached", "floating_ip", "", {"address": "203.0.113.9"}, ()),
        ("unattached", "volume", "spare", {"size": 20}, ()),
        ("stopped", "server", "build", {"addresses": ("10.0.0.9",)}, (Disk("id-disk", "build-root", 40),)),
    )
    return tuple(
        IdleThing(
            f"{number}",
            "tenant",
            "trial: a rule",
            when,
            Resource(kind, "north", f"id-idle-{number}", name, None, facts=facts),
            lasts=2 * _DAY,
            notice=_DAY / 2,
            since=now - _DAY,
            seen_at=now,
            along=along,
            gone_at=now if gone else None,
        )
        for number, (when, kind, name, facts, along) in enumerate(made)
    )


def _a_day() -> Day:
    return Day(
        happened={"warning": 12, "suspended": 3, "restored": 1, "reclaimed": 2},
        freed={"server": 7, "volume": 4},
        due=["example/trial-borealis: 2031-11-28 18:00 UTC"],
        orphans=["example/trial-cirrus: suspended from 2031-12-12 09:00 UTC on, unless somebody can be reached"],
        holds=["example/trial-delta: 2031-12-01, carol: thesis"],
    )
