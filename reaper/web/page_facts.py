"""What the page of a lease says: every sentence chosen and filled in, ready to be laid out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup

from reaper.letters.languages import joined, moment, relative, span
from reaper.letters.losses import clean, kind_names, losses_in
from reaper.lifecycle import NotRenewed, Renewed
from reaper.model import Archive
from reaper.operations import Situation, Spared, View
from reaper.web.actions import actions_of
from reaper.web.idle import idle_in
from reaper.web.locale import PageLocale
from reaper.web.timeline import Milestone, Timeline, is_later, timeline
from reaper.web.words import PageWords

_ALIVE = (Situation.RUNNING, Situation.ENDING, Situation.STOPPING, Situation.SUSPENDED, Situation.RESTORING)
_STILL_OWNS = (*_ALIVE, Situation.RECLAIMING)


def facts_of(view: View, reader: PageLocale) -> Mapping[str, object]:
    """Return what the template of a lease lays out."""
    words, values = reader.words, values_of(view, reader)
    line = timeline(view)
    losses = losses_in(view.losses, view.tenant.lease.terms.keep, words.language)
    return {
        "situation": view.situation.value,
        "tone": "spared" if _is_spared(view) else view.situation.value,
        "badge": words.say(f"badge.{_badge(view)}"),
        "title": words.say(f"title.{_title(view)}", **values),
        "lead": _lead(view, words, values),
        "renewal": _renewal(view, reader, values),
        "has_dates": view.situation not in (Situation.QUARANTINED, Situation.VANISHED),
        "idle": idle_in(view, reader),
        "line": line,
        "milestones": [_milestone(m, view.at, reader, values) for m in line.milestones],
        "picture": _picture(line, view.at, reader),
        "promises": _promises(view, words, values),
        "losses": losses,
        "others": losses.besides,
        "shows_losses": view.situation in _STILL_OWNS,
        "losses_heading": words.say(f"losses.{_losses_heading(view)}"),
        "losses_notes": _losses_notes(view, words, values) if view.spared is None else [],
        "rules": _rules(view, words, values),
        "wishes": actions_of(view, reader, values),
        "values": values,
    }


def values_of(view: View, reader: PageLocale) -> dict[str, object]:
    """Everything a sentence about this lease may name."""
    tenant, lease, terms, now = view.tenant, view.tenant.lease, view.tenant.lease.terms, view.at
    language = reader.words.language
    values: dict[str, object] = {
        "name": clean(tenant.name),
        "full_name": clean(tenant.full_name),
        "cloud": clean(reader.cloud_title or tenant.cloud),
        "policy": clean(terms.policy),
        "still_running": ", ".join(clean(name) for name in tenant.still_running),
        "ends": reader.when(view.ends_at, now),
        "day": reader.day(view.ends_at, now),
        "relative": relative(view.ends_at, now, language),
        "expires": reader.when(lease.expires_at, now),
        "day_expires": reader.day(lease.expires_at, now),
        "relative_expires": relative(lease.expires_at, now, language),
        "reclaimed": reader.when(tenant.reclaimed_at, now) if tenant.reclaimed_at else "",
        "last_end": reader.when(view.last_end, now),
        "times": terms.renew_times,
        "renewals": lease.renewals,
        "by": span(terms.renew_by, language),
        "opens_before": span(terms.opens_before, language),
        "notice": span(terms.notice, language),
        "suspension": span(terms.suspension_lasts, language),
        "kept": joined(kind_names(terms.keep, language), language),
    }
    if tenant.hold is not None:
        until = tenant.hold.until
        values |= {"until": reader.when(until, now), "relative_until": relative(until, now, language)}
    return values


def _is_spared(view: View) -> bool:
    running = view.situation in (Situation.RUNNING, Situation.ENDING)
    return view.spared is not None and running


def _is_due(view: View) -> bool:
    return view.ends_at <= view.at


def _offers(view: View) -> bool:
    return isinstance(view.offer, Renewed)


def _badge(view: View) -> str:
    if _is_spared(view):
        return "hold" if view.spared is Spared.HOLD else "spared"
    return view.situation.value


def _losses_heading(view: View) -> str:
    if view.situation is Situation.RECLAIMING:
        return "heading_past"
    return "heading" if view.spared is None else "heading_spared"


def _title(view: View) -> str:
    if _is_spared(view):
        return _badge(view)
    return "due" if view.situation is Situation.ENDING and _is_due(view) else view.situation.value


def _lead(view: View, words: PageWords, values: Mapping[str, object]) -> Markup:
    if view.spared is not None and view.situation is Situation.SUSPENDED:
        return words.say("spared.halted", **values)
    if view.spared is not None and _is_spared(view):
        return words.say(f"spared.{view.spared}{'_active' if view.spared is Spared.HALTED else ''}", **values)
    key = _title(view)
    if key == Situation.ENDING:
        keys = ["lead.ending", *(["lead.later"] if is_later(view) else []), *(["lead.renew"] if _offers(view) else [])]
        return words.say("renew.between").join(words.say(each, **values) for each in keys)
    if view.situation is Situation.SUSPENDED:
        key = _suspended(view)
    if view.situation is Situation.RECLAIMED and view.tenant.reclaimed_at is not None:
        key = "reclaimed_on"
    return words.say(f"lead.{key}", **values)


def _suspended(view: View) -> str:
    if _is_due(view):
        return "suspended_due"
    if view.tenant.still_running:
        return "suspended_running"
    return "given_back" if view.given_back else "suspended"


def _renewal(view: View, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object]:
    """The offer with its button, or the rule that stands against one and what helps."""
    if isinstance(view.offer, NotRenewed):
        sentence = refusal_in(view.offer, view, reader)
        helps = "help.more_time" if view.situation in _ALIVE else "help.ask"
        waits = view.offer.opens_at is not None
        saves = [reader.words.say("help.save")] if view.situation in _ALIVE and view.spared is None else []
        return {"button": None, "sentences": [sentence] if waits else [sentence, reader.ask(helps), *saves]}
    words, offer = reader.words, view.offer
    until = {"until": reader.when(offer.expires_at, view.at)}
    until["relative"] = Markup.escape(relative(offer.expires_at, view.at, words.language))
    button = "renew.button_restores" if offer.restores else "renew.button"
    sentences = [
        words.say("renew.left", count=view.left, times=values["times"])
        + words.say("renew.between")
        + words.say("renew.left_after", count=offer.left),
        words.say("renew.new_end", **{**values, **until}),
        *([] if _is_capped(view, offer) else [words.say("renew.furthest", day=reader.day(view.last_end, view.at))]),
    ]
    if _is_capped(view, offer):
        sentences.append(words.say("renew.capped", **values))
    if offer.restores:
        sentences.append(words.say("renew.restores"))
    return {"button": words.say(button, day=reader.day(offer.expires_at, view.at)), "sentences": sentences}


def refusal_in(refusal: NotRenewed, view: View, reader: PageLocale) -> Markup:
    """Say which rule stands against a renewal."""
    key, values = refusal.rule, values_of(view, reader)
    if key == "times" and not view.tenant.lease.terms.renew_times:
        key = "times_never"
    if key == "too_late" and view.situation in (Situation.RECLAIMED, Situation.VANISHED):
        key = f"too_late_{view.situation}"
    if refusal.opens_at is not None:
        opens = reader.when(refusal.opens_at, view.at)
        values |= {"opens": opens, "relative": relative(refusal.opens_at, view.at, reader.words.language)}
    key = f"refused.{key}" if reader.words.has(f"refused.{key}") else "refused.other"
    return reader.words.say(key, **values)


def _is_capped(view: View, offer: Renewed) -> bool:
    lease = view.tenant.lease
    return offer.expires_at < max(lease.expires_at, view.at) + lease.terms.renew_by


def _milestone(one: Milestone, now: datetime, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object]:
    keeping = "_keeping" if one.what == "reclaim" and values["kept"] else ""
    return {
        "what": one.what,
        "past": one.past,
        "when": reader.when(one.at, now),
        "relative": "" if one.what == "today" else relative(one.at, now, reader.words.language),
        "text": reader.words.say(f"when.{one.what}{keeping}", **values),
    }


def _picture(line: Timeline, now: datetime, reader: PageLocale) -> Markup:
    """Describe the picture to those who cannot see it; the dates themselves follow it as a list."""
    first, last = (
        moment(m.at, now, reader.words.language, reader.zone) for m in (line.milestones[0], line.milestones[-1])
    )
    return reader.words.say("when.picture", start=first, end=last)


def _promises(view: View, words: PageWords, values: Mapping[str, object]) -> list[Markup]:
    if view.spared is not None or view.situation not in _ALIVE:
        return []
    stays = [words.say("when.stays")] if view.reclaim_at is None else []
    return [*stays, words.say("when.promise", **values) + words.say("renew.between") + words.say("when.later")]


def _losses_notes(view: View, words: PageWords, values: Mapping[str, object]) -> list[Markup]:
    terms = view.tenant.lease.terms
    archives = terms.archive is Archive.SERVERS
    return [
        *([words.say("losses.kept", kinds=values["kept"])] if values["kept"] else []),
        *([words.say("losses.archive")] if archives else []),
        words.say(f"losses.{terms.afterwards}"),
    ]


def _rules(view: View, words: PageWords, values: Mapping[str, object]) -> list[tuple[Markup, object]]:
    renewable = bool(view.tenant.lease.terms.renew_times)
    rows: list[tuple[str, object]] = [
        ("times", words.say("rules.times_value", **values)),
        *([("by", words.say("rules.by_value", **values))] if renewable else []),
        *([("window", words.say("rules.window_value", **values))] if renewable else []),
        ("last_end", values["last_end"]),
        ("suspension", values["suspension"]),
        ("policy", values["policy"]),
        ("project", values["full_name"]),
    ]
    return [(words.say(f"rules.{key}"), value) for key, value in rows]
