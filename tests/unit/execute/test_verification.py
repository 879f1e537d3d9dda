"""When a tenant's emptiness is believed."""

from __future__ import annotations

from reaper.execute.verification import READINGS, WARY_LOOKS, Standstill, Verification
from reaper.model import Listing, Resource

REGION = "silly"
KINDS = ("server", "volume", "port", "trunk", "security_group")
EVERY = {(kind, REGION) for kind in KINDS}


def shown(kind, showing):
    return (Resource(kind, REGION, "7", "seven", "silly"),) if kind in showing else ()


def look(verification, *kinds, showing=(), incomplete=(), absent=(), calm=None):
    listings = {
        (kind, REGION): Listing(kind, REGION, shown(kind, showing), kind not in incomplete, absent=kind in absent)
        for kind in kinds or KINDS
    }
    occupied = {(kind, REGION) for kind in showing}
    calm = not occupied and not incomplete if calm is None else calm
    verification.note(listings, occupied, calm=calm, everything=not kinds)


def test_what_was_there_is_read_empty_twice_and_everything_once_after_the_last_has_gone():
    verification = Verification()
    look(verification, showing=("server", "port", "security_group"))
    assert not verification.believed(wary=False)
    look(verification)
    assert not verification.believed(wary=False)
    lacking = verification.lacking(EVERY)
    assert ("port", REGION) in lacking
    look(verification, *(kind for kind, _ in lacking))
    assert verification.believed(wary=False)


def test_a_first_empty_reading_counts_where_a_witness_shows_that_the_service_does_not_deny_everything():
    verification = Verification()
    look(verification, showing=("port",))
    look(verification)
    assert verification.lacking(EVERY) == {("server", REGION), ("volume", REGION), ("port", REGION)}


def test_whatever_a_service_shows_is_a_witness_for_its_other_lists_in_the_same_look():
    verification = Verification()
    look(verification, "volume", "backup", "image", showing=("volume",))
    look(verification, "volume", "backup", "image")
    assert verification.readings == {("volume", REGION): 1, ("backup", REGION): 2, ("image", REGION): 1}


def test_a_yes_to_the_last_of_a_kind_counts_as_a_reading_until_one_shows_another():
    verification = Verification()
    verification.taken_at_its_word(("port", REGION))
    look(verification)
    assert ("port", REGION) not in verification.lacking(EVERY)
    verification.taken_at_its_word(("port", REGION))
    look(verification, "port", showing=("port",))
    look(verification)
    assert ("port", REGION) in verification.lacking(EVERY)


def test_without_its_witness_no_reading_counts_while_something_is_left():
    for how in ({"incomplete": ("security_group",)}, {"absent": ("security_group",)}):
        verification = Verification()
        look(verification, showing=("port",), calm=False, **how)
        look(verification)
        assert ("trunk", REGION) in verification.lacking(EVERY)


def test_something_that_turns_up_late_makes_everything_be_read_again():
    verification = Verification()
    for _ in range(READINGS - 1):
        look(verification)
    look(verification, "port", showing=("port",))
    assert verification.lacking(EVERY) == EVERY
    look(verification, "port")
    assert verification.lacking(EVERY) == EVERY
    assert not verification.believed(wary=False)


def test_a_list_that_did_not_come_whole_is_no_reading():
    verification = Verification()
    look(verification)
    look(verification, incomplete=("volume",))
    look(verification)
    assert ("volume", REGION) in verification.lacking(EVERY)


def test_an_emptiness_that_came_as_a_surprise_is_believed_when_everything_was_read_in_a_row():
    verification = Verification()
    for _ in range(WARY_LOOKS):
        assert not verification.believed(wary=True)
        look(verification)
    assert verification.believed(wary=True)


def test_a_standstill_makes_everything_be_looked_at_but_not_every_time():
    still = Standstill(10.0)
    assert [idle for idle in range(0, 60, 4) if still.lasts(idle)] == [12, 20, 32, 52]
    assert not still.lasts(2.0)
    assert still.lasts(12.0)
