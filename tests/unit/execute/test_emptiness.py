"""When a tenant's emptiness is believed."""

from __future__ import annotations

from reaper.execute.emptiness import READINGS, WARY_LOOKS, Emptiness, Standstill
from reaper.model import Listing, Resource

REGION = "silly"
KINDS = ("server", "volume", "port", "trunk", "security_group")
EVERY = {(kind, REGION) for kind in KINDS}


def shown(kind, showing):
    return (Resource(kind, REGION, "7", "seven", "silly"),) if kind in showing else ()


def look(emptiness, *kinds, showing=(), incomplete=(), absent=(), calm=None):
    listings = {
        (kind, REGION): Listing(kind, REGION, shown(kind, showing), kind not in incomplete, absent=kind in absent)
        for kind in kinds or KINDS
    }
    occupied = {(kind, REGION) for kind in showing}
    calm = not occupied and not incomplete if calm is None else calm
    emptiness.note(listings, occupied, calm=calm, everything=not kinds)


def test_what_was_there_is_read_empty_twice_and_everything_once_after_the_last_has_gone():
    emptiness = Emptiness()
    look(emptiness, showing=("server", "port", "security_group"))
    assert not emptiness.believed(wary=False)
    look(emptiness)
    assert not emptiness.believed(wary=False)
    lacking = emptiness.lacking(EVERY)
    assert ("port", REGION) in lacking
    look(emptiness, *(kind for kind, _ in lacking))
    assert emptiness.believed(wary=False)


def test_a_first_empty_reading_counts_where_a_witness_shows_that_the_service_does_not_deny_everything():
    emptiness = Emptiness()
    look(emptiness, showing=("port",))
    look(emptiness)
    assert emptiness.lacking(EVERY) == {("server", REGION), ("volume", REGION), ("port", REGION)}


def test_whatever_a_service_shows_is_a_witness_for_its_other_lists_in_the_same_look():
    emptiness = Emptiness()
    look(emptiness, "volume", "backup", "image", showing=("volume",))
    look(emptiness, "volume", "backup", "image")
    assert emptiness.readings == {("volume", REGION): 1, ("backup", REGION): 2, ("image", REGION): 1}


def test_a_yes_to_the_last_of_a_kind_counts_as_a_reading_until_one_shows_another():
    emptiness = Emptiness()
    emptiness.taken_at_its_word(("port", REGION))
    look(emptiness)
    assert ("port", REGION) not in emptiness.lacking(EVERY)
    emptiness.taken_at_its_word(("port", REGION))
    look(emptiness, "port", showing=("port",))
    look(emptiness)
    assert ("port", REGION) in emptiness.lacking(EVERY)


def test_without_its_witness_no_reading_counts_while_something_is_left():
    for how in ({"incomplete": ("security_group",)}, {"absent": ("security_group",)}):
        emptiness = Emptiness()
        look(emptiness, showing=("port",), calm=False, **how)
        look(emptiness)
        assert ("trunk", REGION) in emptiness.lacking(EVERY)


def test_something_that_turns_up_late_makes_everything_be_read_again():
    emptiness = Emptiness()
    for _ in range(READINGS - 1):
        look(emptiness)
    look(emptiness, "port", showing=("port",))
    assert emptiness.lacking(EVERY) == EVERY
    look(emptiness, "port")
    assert emptiness.lacking(EVERY) == EVERY
    assert not emptiness.believed(wary=False)


def test_a_list_that_did_not_come_whole_is_no_reading():
    emptiness = Emptiness()
    look(emptiness)
    look(emptiness, incomplete=("volume",))
    look(emptiness)
    assert ("volume", REGION) in emptiness.lacking(EVERY)


def test_an_emptiness_that_came_as_a_surprise_is_believed_when_everything_was_read_in_a_row():
    emptiness = Emptiness()
    for _ in range(WARY_LOOKS):
        assert not emptiness.believed(wary=True)
        look(emptiness)
    assert emptiness.believed(wary=True)


def test_a_standstill_makes_everything_be_looked_at_but_not_every_time():
    still = Standstill(10.0)
    assert [idle for idle in range(0, 60, 4) if still.lasts(idle)] == [12, 20, 32, 52]
    assert not still.lasts(2.0)
    assert still.lasts(12.0)
