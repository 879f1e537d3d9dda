"""What a listing makes of the record: seen again, begun anew, over, gone; a listing cut short changes nothing."""

from dataclasses import replace

import pytest

from reaper.lifecycle import IdleListings, Stock, take_stock, verify
from reaper.model import Disk
from tests.unit.lifecycle.idle_cases import DAY, HOUR, NAME, NOW, RULE, address, listing, rule, server, thing, told

USED = address(facts={"port_id": "port"})
UNCLEAR = address(facts={})
EARLIER = NOW - HOUR


def look(*resources, given=RULE, mine=None, silent=False, **changes):
    seen = listing(*resources, kind=given.kind, **changes)
    allowed = {one.key: one for one in (resources if mine is None else mine)}
    return IdleListings("tenant", NAME, given, seen, NOW, 3 * HOUR, NOW - DAY, allowed, silent)


def test_what_is_found_idle_for_the_first_time_counts_from_now():
    stock = take_stock(look(address()), [])
    assert [(row.key, row.since, row.seen_at, row.told) for row in stock.afresh] == [(address().key, NOW, NOW, False)]
    assert stock == Stock(afresh=stock.afresh)


@pytest.mark.parametrize("seen", [USED, UNCLEAR])
def test_what_is_used_or_cannot_be_told_is_not_written_down(seen):
    assert take_stock(look(seen), []) == Stock()


def test_what_is_idle_still_keeps_its_time_and_its_letter():
    row = told(seen_at=EARLIER)
    assert take_stock(look(address()), [row]) == Stock(still=(replace(row, seen_at=NOW),))


def test_what_is_used_again_is_forgotten():
    row = told(seen_at=EARLIER)
    assert take_stock(look(USED), [row]) == Stock(over=(row,))


def test_what_cannot_be_told_just_now_stays_as_it_was_and_is_not_seen():
    assert take_stock(look(UNCLEAR), [told(seen_at=EARLIER)]) == Stock()


@pytest.mark.parametrize("changes", [{"complete": False, "why": "cut short"}, {"absent": True}])
@pytest.mark.parametrize("row", [thing(seen_at=EARLIER), told(seen_at=EARLIER, asked_at=EARLIER)])
def test_a_listing_that_is_not_whole_changes_nothing(changes, row):
    assert take_stock(look(**changes), [row]) == Stock()
    assert verify(listing(**changes), [row], NOW) == Stock()


def test_what_a_listing_hides_begins_anew_when_it_is_shown_again():
    row = told(seen_at=EARLIER)
    assert take_stock(look(), [row]) == Stock(over=(row,))


def test_what_is_somebody_elses_by_now_or_must_stay_is_forgotten():
    row = told(seen_at=EARLIER)
    assert take_stock(look(replace(address(), project_id="other"), mine=()), [row]) == Stock(over=(row,))


def test_what_nobody_has_looked_at_for_long_begins_anew():
    (row,) = take_stock(look(address()), [told(seen_at=NOW - 4 * HOUR)]).afresh
    assert (row.since, row.told, row.accepted_at) == (NOW, False, None)


def test_a_row_that_cannot_be_read_begins_anew():
    (row,) = take_stock(look(address()), [told(seen_at=EARLIER, damaged="idle_things.since")]).afresh
    assert (row.since, row.told, row.damaged) == (NOW, False, None)


def test_a_clock_that_was_set_back_changes_nothing():
    assert take_stock(look(address()), [told(seen_at=NOW + HOUR)]) == Stock()


def test_a_server_with_a_disk_that_its_people_were_not_told_of_is_told_of_again():
    stopped = rule("server", "stopped")
    row = told(resource=server(disks=("a",)), seen_at=EARLIER, along=(Disk("a", "root"),))
    same = take_stock(look(server(disks=("a",)), given=stopped), [row])
    more = take_stock(look(server(disks=("a", "b")), given=stopped), [row])
    less = take_stock(look(server(disks=()), given=stopped), [row])
    assert [len(stock.still) for stock in (same, more, less)] == [1, 0, 1]
    assert [(one.since, one.told) for one in more.afresh] == [(row.since, False)]


def test_what_was_told_before_a_policy_became_milder_is_told_again_when_it_is_stricter():
    row = told(seen_at=EARLIER)
    (again,) = take_stock(look(address(), silent=True), [row]).afresh
    assert (again.since, again.told) == (row.since, False)
    asked = replace(row, asked_at=EARLIER)
    assert take_stock(look(address(), silent=True), [asked]).afresh == ()


def test_gone_is_only_what_was_asked_to_go_and_two_listings_do_not_show():
    asked = told(seen_at=EARLIER, asked_at=EARLIER)
    first = take_stock(look(), [asked])
    assert first == Stock(missing=(replace(asked, absent_at=NOW),))
    second = take_stock(look(), [replace(asked, absent_at=EARLIER)])
    assert second == Stock(gone=(replace(asked, absent_at=EARLIER, gone_at=NOW),))
    assert take_stock(look(), [replace(asked, absent_at=NOW)]) == Stock()


def test_what_was_missing_and_is_shown_again_is_not_gone():
    asked = told(seen_at=EARLIER, asked_at=EARLIER, absent_at=EARLIER)
    (row,) = take_stock(look(address()), [asked]).still
    assert row.absent_at is None
