"""Addresses as people write them into a field, and when two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.letters.addresses import addresses_in, only_addresses, same_address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann@example.org", [("", "ann@example.org")]),
        ("ann@example.org,bob@example.org", [("", "ann@example.org"), ("", "bob@example.org")]),
        ("ann@example.org; bob@example.org", [("", "ann@example.org"), ("", "bob@example.org")]),
        ("ann@example.org bob@example.org", [("", "ann@example.org"), ("", "bob@example.org")]),
        ("Ann Miller <ann@example.org>", [("Ann Miller", "ann@example.org")]),
        (
            '"Miller, Ann" <ann@example.org>, bob@example.org',
            [("Miller, Ann", "ann@example.org"), ("", "bob@example.org")],
        ),
        ("bob@example.org; Ann <mailto:ann@example.org>", [("", "bob@example.org"), ("Ann", "ann@example.org")]),
        ("bob@example.org Ann <ann@example.org>", [("", "bob@example.org"), ("Ann", "ann@example.org")]),
        ("mailto:ann@example.org", [("", "ann@example.org")]),
        ("<ann@example.org>\n<bob@example.org>", [("", "ann@example.org"), ("", "bob@example.org")]),
        ("ann@example.org, ANN@example.org", [("", "ann@example.org")]),
        ("张伟 <张伟@例子.example>", [("张伟", "张伟@例子.example")]),
        ("nobody, ann at example.org", []),
        ("", []),
    ],
)
def test_every_address_in_a_field_is_found_once_with_the_name_before_it(text: str, found: list[tuple[str, str]]):
    assert list(addresses_in(text)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Example.ORG", "ann@example.org"),
        (" ann@example.org ", "ann@example.org"),
        ("ann@example.org.", "ann@example.org"),
        ("ann@xn--bcher-kva.example", "ann@bücher.example"),
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
    ],
)
def test_addresses_that_reach_the_same_are_the_same(one: str, other: str):
    assert same_address(one) == same_address(other)


@given(st.text())
def test_the_form_that_is_compared_stays_as_it_is(text: str):
    assert isinstance(same_address(text), str)
    assert only_addresses(text) in (True, False)
    for _, address in addresses_in(text):
        assert same_address(same_address(address)) == same_address(address)
