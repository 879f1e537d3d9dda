"""A policy: which tenants it covers and what their lease is worth."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from reaper.model import Afterwards, Archive, Enforce, Terms
from reaper.policy import durations
from reaper.policy.durations import written
from reaper.policy.fields import Count, Distinct, Ladder, Language, Name, Section, Some, Span, Word, agree
from reaper.policy.idle import IdleRule
from reaper.policy.match import Match

_DAY = timedelta(days=1)


class LeaseRules(Section):
    """How long a tenant has, and how it is warned."""

    lasts: Span = 30 * _DAY
    """How long the lease runs from the day the tenant is first seen."""
    warn_before: Ladder = Field(default=(7 * _DAY, 3 * _DAY, _DAY), validate_default=True)
    """When warnings go out, counted back from the end, the earliest first."""
    notice: Span = Field(default=timedelta(hours=48), validate_default=True)
    """The least time between a warning that the mail server accepted and anything that is done."""

    @field_validator("notice")
    @classmethod
    def _can_be_given(cls, notice: timedelta, given: ValidationInfo) -> timedelta:
        steps = given.data.get("warn_before", (durations.LONGEST,))
        earliest = max(steps)
        better = f"write at most {written(earliest)}, or a warning as early as that"
        broken = f"no warning lies {written(notice)} before the end, so no lease could end on its day; {better}"
        agree((earliest < notice, "", broken))
        return notice

    @field_validator("warn_before")
    @classmethod
    def _warns_in_time(cls, steps: tuple[timedelta, ...], given: ValidationInfo) -> tuple[timedelta, ...]:
        lasts = given.data.get("lasts", durations.LONGEST)
        late = ", ".join(written(step) for step in steps if step >= lasts)
        better = f"write shorter times, such as [{written(max(lasts / 4, timedelta(seconds=1)))}]"
        agree((bool(late), "", f"{late} before the end is not within a lease that lasts {written(lasts)}; {better}"))
        return steps


class RenewalRules(Section):
    """What a click on the link in a letter gives."""

    by: Span = 14 * _DAY
    """How much later the lease ends."""
    times: Count = 3
    """How often; 0 for never."""
    at_most: Span = 90 * _DAY
    """The longest total life, renewals included."""
    opens_before: Span | None = None
    """How long before the end renewing becomes possible; 7d, or the whole of a shorter lease."""
    away: Span | None = None
    """How much later the lease may end because its people say that they are away, once per lease; without it, never."""


class SuspensionRules(Section):
    """The time in which everything is stopped and can still be saved."""

    lasts: Span = 7 * _DAY
    """How long from suspension to reclaiming."""


class OrphanRules(Section):
    """What becomes of a tenant whose people cannot be reached."""

    wait: Span = 30 * _DAY
    """How long it waits after the admins were told."""


class ReclaimRules(Section):
    """What is taken back, and what is left."""

    keep: Distinct[Word] = ()
    """Kinds of resources that are left alone."""
    archive: Archive = Archive.NONE
    """What is kept before anything is deleted: none, or servers (as images)."""
    archive_kept: Span = 30 * _DAY
    """How long what was archived is kept once everything is taken back; then it is deleted, too."""
    project: Afterwards = Afterwards.CLOSE
    """What becomes of the empty project: close (leave it disabled), delete, or reopen it empty."""


class Policy(Section):
    """Which tenants are covered and what their lease is worth; a YAML file holds one."""

    policy: Name
    """The policy's name, under which leases remember it."""
    description: str = ""
    """What it is for, for people."""
    match: Match
    """Which tenants it covers."""
    enforce: Enforce = Enforce.OBSERVE
    """How far Reaper goes: observe, notify, suspend, reclaim; each includes the ones before."""
    lease: LeaseRules = LeaseRules()
    renewal: RenewalRules = Field(default=RenewalRules(), validate_default=True)
    suspension: SuspensionRules = SuspensionRules()
    reclaim: ReclaimRules = ReclaimRules()
    orphans: OrphanRules = OrphanRules()
    language: Language = "en"
    """The language of the letters; English stands in for what is not translated."""
    contacts: Some[Word] = ("admin", "member")
    """Roles on the project whose people get the letters, beside the project's own `contact_email`."""
    idle: tuple[IdleRule, ...] = ()
    """What is given back while the lease runs."""

    @field_validator("renewal")
    @classmethod
    def _renews_within_bounds(cls, renewal: RenewalRules, given: ValidationInfo) -> RenewalRules:
        if "lease" not in given.data:
            return renewal
        lasts, opens = given.data["lease"].lasts, renewal.opens_before
        bound = f"lease.lasts, {written(lasts)}; write at"
        agree(
            (renewal.at_most < lasts, "at_most", f"{written(renewal.at_most)} is less than {bound} least that"),
            (
                opens is not None and opens > lasts,
                "opens_before",
                f"{written(opens or lasts)} is more than {bound} most that",
            ),
        )
        return renewal

    @model_validator(mode="after")
    def _gives_back_what_it_may(self) -> Self:
        kept, archives = set(self.reclaim.keep), self.reclaim.archive is Archive.SERVERS
        kinds, rules = {rule.kind for rule in self.idle}, [rule.under(self.policy) for rule in self.idle]
        named = ", ".join(sorted(kinds & kept))
        agree(
            (bool(named), "idle", f"{named} stands in reclaim.keep, too; what is kept is not given back, name it once"),
            (
                archives and "server" in kinds,
                "idle",
                "servers cannot be given back while reclaim.archive promises an image of each; drop one of the two",
            ),
            (len(set(rules)) < len(rules), "idle", "the same rule stands in it twice; keep one"),
        )
        return self

    @property
    def name(self) -> str:
        """Its name."""
        return self.policy

    def terms(self) -> Terms:
        """What a lease that starts now is worth."""
        return Terms(
            policy=self.policy,
            lasts=self.lease.lasts,
            warn_before=self.lease.warn_before,
            notice=self.lease.notice,
            renew_by=self.renewal.by,
            renew_times=self.renewal.times,
            at_most=self.renewal.at_most,
            opens_before=self.renewal.opens_before or min(7 * _DAY, self.lease.lasts),
            suspension_lasts=self.suspension.lasts,
            orphans_wait=self.orphans.wait,
            keep=frozenset(self.reclaim.keep),
            archive=self.reclaim.archive,
            archive_kept=self.reclaim.archive_kept,
            afterwards=self.reclaim.project,
            language=self.language,
            contacts=self.contacts,
            away=self.renewal.away or timedelta(0),
        )
