"""The end of a lease as a file for calendars: RFC 5545, sent as RFC 5546 says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.headerregistry import Address

from icalendar import Calendar, Event, vCalAddress, vText

from reaper.letters import Appointment

FILE = "end-of-lease.ics"
_SHOWN_AS = timedelta(minutes=30)


def method_of(entry: Appointment) -> str:
    """Say what a calendar is to do with the entry."""
    return "CANCEL" if entry.cancelled else "PUBLISH"


def as_ics(entries: Sequence[Appointment], sender: Address) -> bytes:
    """Write the file. It asks nobody to come: it is published, and taken back once everything is gone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Reaper//openstack-reaper//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(entries[0]))
    for entry in entries:
        calendar.add_component(_event(entry, sender))
    return bytes(calendar.to_ical())


def _event(entry: Appointment, sender: Address) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.said_at.replace(microsecond=0))
    event.add("dtstart", entry.at.replace(microsecond=0))
    event.add("dtend", entry.at.replace(microsecond=0) + _SHOWN_AS)
    event.add("summary", vText(entry.summary))
    event.add("description", vText(entry.description))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("organizer", vCalAddress(f"mailto:{sender.addr_spec}"))
    return event
