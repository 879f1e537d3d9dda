"""What people may wish for on the page of a lease beside a renewal: to be away, to be done, to keep it after all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup

from reaper.letters.languages import moment
from reaper.lifecycle import NotAway, NotNow
from reaper.operations import Situation, View, days_away, end_of_day
from reaper.web.locale import PageLocale

#: Rules about which nobody has to read anything: the wish is simply not offered.
_UNSAID = ("never", "too_late", "quarantined", "suspended", "at_most")


def actions_of(view: View, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what the template offers: `away`, `done`, `kept`, each None where it makes no sense now."""
    return {
        "away": _away(view, reader, values),
        "done": _done(view, reader),
        "kept": _kept(view, reader, values),
    }


def refused_away(refusal: NotAway, view: View, reader: PageLocale) -> Markup:
    """Say which rule stands against a stay away."""
    latest = reader.when(refusal.latest, view.at) if refusal.latest else ""
    key = f"refused_away.{refusal.rule}"
    return reader.words.say(key if reader.words.has(key) else "refused_away.other", latest=latest)


def refused_now(refusal: NotNow, reader: PageLocale) -> Markup:
    """Say which rule stands against taking a project back, or against keeping it."""
    key = f"refused_done.{refusal.rule}"
    return reader.words.say(key if reader.words.has(key) else "refused_done.other")


def confirmation(view: View, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object]:
    """Return what the page says that asks once more before a project is taken back."""
    words, terms = reader.words, view.tenant.lease.terms
    follows = "done.then_deleted" if view.tenant.enforce == "reclaim" else "done.then_kept"
    return {
        "title": words.say("done.title", **values),
        "sentences": [
            words.say("done.at_once"),
            words.say(follows, suspension=reader.span(max(terms.suspension_lasts, terms.notice))),
            words.say("done.letter"),
        ],
        "label": words.say("done.type_the_name", name=view.tenant.name),
        "button": words.say("done.button"),
        "back": words.say("done.back"),
    }


def _away(view: View, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object] | None:
    words, lease = reader.words, view.tenant.lease
    if view.situation not in (Situation.RUNNING, Situation.ENDING, Situation.RESTORING) or view.spared:
        return None
    if isinstance(view.away_until, NotAway):
        said = lease.away_until is not None and view.away_until.rule == "once"
        return {"form": None, "sentences": [words.say("away.used", **values)]} if said else None
    days = days_away(view, reader.zone)
    if days is None:
        return None
    first, last = days
    rule = words.say("away.rule", last=_day(last, view, reader))
    return {"form": {"min": first.isoformat(), "max": last.isoformat()}, "sentences": [rule]}


def _done(view: View, reader: PageLocale) -> Mapping[str, object] | None:
    """Offer to take it back, without many words: the page behind it explains."""
    if view.giving_back is not None or view.situation not in (Situation.RUNNING, Situation.ENDING):
        return None
    return {"text": reader.words.say("done.offer"), "link": reader.words.say("done.link")}


def _kept(view: View, reader: PageLocale, values: Mapping[str, object]) -> Mapping[str, object] | None:
    if not view.given_back:
        return None
    words = reader.words
    restores = view.situation is Situation.SUSPENDED
    sentences = [words.say("kept.restores")] if restores else []
    over = view.tenant.lease.expires_at <= view.at
    sentences.append(words.say("kept.over" if over else "kept.until", **values))
    return {"button": words.say("kept.button"), "sentences": sentences}


def _day(day: date, view: View, reader: PageLocale) -> str:
    return moment(end_of_day(day, reader.zone), view.at, reader.words.language, reader.zone).day
