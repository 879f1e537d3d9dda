"""A letter comes back to an address that only we can have made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.letters.verp import ReturnAddress
from reaper.mail.message import address_of

REF = "0123456789abcdef0123456789abcdef"
OURS = ReturnAddress("bounces@reaper.example.org", ["new secret", "old secret"])
THEIRS = ReturnAddress("bounces@reaper.example.org", ["another secret"])


@given(st.binary(min_size=16, max_size=16))
def test_the_address_names_its_letter_whatever_happens_to_its_case(octets):
    ref = octets.hex()
    address = OURS.sender_of(ref)
    assert OURS.letter_named_in([address]) == ref
    assert OURS.letter_named_in(["somebody@example.org", f"<{address.upper()}>"]) == ref
    assert len(address.partition("@")[0]) <= 64
    assert address_of(address).addr_spec == address


def test_a_secret_that_was_replaced_is_still_believed():
    old = ReturnAddress(OURS.address, ["old secret"])
    assert OURS.letter_named_in([old.sender_of(REF)]) == REF
    assert old.letter_named_in([OURS.sender_of(REF)]) is None


def test_nobody_else_can_make_one():
    assert OURS.letter_named_in([THEIRS.sender_of(REF)]) is None


@given(st.text(max_size=120))
def test_no_text_is_taken_for_one(text):
    assert OURS.letter_named_in([text, f"bounces+{text}@reaper.example.org"]) is None


@pytest.mark.parametrize("place", range(8, 51))
def test_one_changed_letter_is_enough_to_be_nobodys(place):
    address = OURS.sender_of(REF)
    other = "a" if address[place] != "a" else "b"
    changed = address[:place] + other + address[place + 1 :]
    # The last letter of the name carries bits that mean nothing; what it names must be the same letter, or none.
    assert OURS.letter_named_in([changed]) in (None, REF)
    assert OURS.letter_named_in([address]) == REF


def test_what_is_no_letters_id_goes_to_the_plain_address():
    assert OURS.sender_of("a letter's\r\nname") == "bounces@reaper.example.org"
