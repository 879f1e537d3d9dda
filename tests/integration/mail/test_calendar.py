"""The end of a lease in a calendar: one entry, replaced by every letter and gone at the end; and one conversation."""

from dataclasses import replace
from datetime import timedelta

import pytest
import vobject

from reaper.letters import Appointment
from reaper.model import LetterKind, State
from tests.integration.mail.conftest import START
from tests.integration.mail.test_thread import connect

ENTRY = Appointment(
    "lease-1@reaper.example.org",
    7,
    START + timedelta(days=3),
    START,
    "trial-aurora; on, Try\\Stack ends",
    "See: https://reaper.example.org/lease/token\nand 续期",
)


def entries(mails):
    """What a calendar reads of letters, with a library that did not write it."""
    files = [part for mail in mails for part in mail.iter_attachments()]
    assert all(part.get_content_type() == "text/calendar" for part in files)
    return [(part["Content-Type"].params["method"], vobject.readOne(part.get_content())) for part in files]


@pytest.fixture
def sent(postbox, postman, message):
    def send(entry):
        server = postbox()
        postman(server.settings).send(message(appointments=(entry,)))
        return server.post.mails()[0]

    return send


def test_another_library_reads_what_was_meant(sent):
    ((method, calendar),) = entries([sent(ENTRY)])
    event = calendar.vevent
    assert (method, calendar.method.value, event.status.value) == ("PUBLISH", "PUBLISH", "CONFIRMED")
    assert (event.uid.value, event.sequence.value) == (ENTRY.uid, "7")
    assert event.dtstart.value == ENTRY.at
    assert (event.summary.value, event.description.value) == (ENTRY.summary, ENTRY.description)
    assert event.organizer.value == "mailto:reaper@example.org"


def test_what_is_cancelled_says_so_twice(sent):
    ((method, calendar),) = entries([sent(replace(ENTRY, cancelled=True))])
    assert (method, calendar.method.value, calendar.vevent.status.value) == ("CANCEL", "CANCEL", "CANCELLED")


def test_text_and_html_are_still_alternatives_beside_the_file(sent):
    mail = sent(ENTRY)
    assert mail.get_content_type() == "multipart/mixed"
    assert mail.get_body(("plain",)).get_content().strip() == "It ends."
    assert mail.get_body(("html",)).get_content().strip() == "<p>It ends.</p>"
    assert mail["Content-Language"] == "en"


def test_every_letter_replaces_the_entry_until_it_is_cancelled(office, postbox):
    server = postbox()
    connect(office, server)
    tenant = office.queue(office.tenant())
    office.deliver()
    office.clock.advance(timedelta(days=1))
    renewed = replace(tenant.lease, arming=1, renewals=1, expires_at=tenant.lease.expires_at + timedelta(days=13))
    tenant = office.store.ledger.tenant(tenant.id)
    tenant = office.queue(replace(tenant, lease=replace(renewed, notices=())), LetterKind.RENEWED)
    office.deliver()
    office.clock.advance(timedelta(days=20))
    tenant = office.store.ledger.tenant(tenant.id)
    done = {"state": State.RECLAIMED, "reclaimed_at": office.clock.now()}
    office.queue(replace(tenant, **done), LetterKind.RECLAIMED)
    office.deliver()
    read = entries(server.post.mails())
    events = [calendar.vevent for _, calendar in read]
    assert [method for method, _ in read] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert len({event.uid.value for event in events}) == 1
    numbers = [int(event.sequence.value) for event in events]
    assert numbers == sorted(set(numbers))
    assert events[0].dtstart.value < events[1].dtstart.value


def test_a_tenants_letters_form_one_conversation_and_anothers_another(office, postbox):
    server = postbox()
    connect(office, server)
    office.queue(office.tenant("aurora"))
    office.queue(office.store.ledger.tenant("id-aurora"), LetterKind.RENEWED)
    office.queue(office.tenant("borealis"))
    office.deliver()
    threads = [
        (mail["To"], mail["References"], mail["In-Reply-To"], mail["Message-ID"]) for mail in server.post.mails()
    ]
    roots = {}
    for to, references, reply, own in threads:
        assert references == reply != own
        roots.setdefault(to, set()).add(references)
    assert len(threads) == 3
    assert [len(each) for each in roots.values()] == [1, 1]
    assert len(set.union(*roots.values())) == 2
