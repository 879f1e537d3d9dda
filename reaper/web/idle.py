"""What the page of a lease says of single things that go while it runs: which, why, when, and what keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from reaper.letters.idle import disk_of
from reaper.letters.languages import joined, relative
from reaper.letters.losses import Thing, kind_name, thing_of
from reaper.model import Disk
from reaper.operations import Going, View
from reaper.web.locale import PageLocale


def idle_in(view: View, reader: PageLocale) -> Mapping[str, object] | None:
    """Return what the template lays out; None where nothing is idle."""
    if not view.idle:
        return None
    keepable = {one.thing.when for one in view.idle if not one.begun}
    keys = [f"keep_{when}" for when in ("unattached", "stopped", "older") if when in keepable]
    advice = [reader.words.say(f"idle.{key}") for key in keys]
    return {
        "lines": [_line(one, view, reader) for one in view.idle],
        "sentences": [*advice, reader.words.say("idle.not_renewed")],
        "notes": [reader.words.say("idle.later"), reader.words.say("idle.rest")],
    }


def _line(one: Going, view: View, reader: PageLocale) -> Mapping[str, object]:
    thing, words = one.thing, reader.words
    since = {"since": reader.when(thing.since, view.at), "lasts": reader.span(thing.lasts)}
    return {
        "kind": kind_name(thing.resource.kind, words.language),
        "thing": thing_of(thing.resource),
        "why": words.say(f"idle.why_{thing.when}", **since),
        "goes": _goes(one, view, reader),
        "along": words.say("idle.along", disks=_disks(thing.along, reader)) if thing.along else "",
    }


def _goes(one: Going, view: View, reader: PageLocale) -> Markup:
    words = reader.words
    if one.begun:
        return words.say("idle.begun")
    if one.at <= view.at:
        return words.say("idle.due")
    away = relative(one.at, view.at, words.language)
    return words.say("idle.goes", at=reader.when(one.at, view.at), relative=away)


def _disks(disks: Sequence[Disk], reader: PageLocale) -> Markup:
    named = [str(_named(disk_of(disk), reader)) for disk in disks]
    return Markup(joined(named, reader.words.language))  # noqa: S704 - each of them is escaped


def _named(disk: Thing, reader: PageLocale) -> Markup:
    return reader.words.say("idle.disk", **vars(disk)) if disk.detail else Markup.escape(disk.name)
