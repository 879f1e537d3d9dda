"""Letters go to the enabled people with the right roles, and nothing that is no address gets near a header."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reaper.letters import language_for, recipients, sane_addresses
from reaper.model import LetterKind, Person
from tests.unit.letters.cases import TENANT, TERMS, WANG, letter, tenant_for


def person(email, role="member", **changes):
    return Person(f"id-{email}", "Somebody", email, frozenset({role}), **changes)


def sent_to(*people, kind=LetterKind.WARNING):
    return recipients(replace(TENANT, people=people), letter(kind))


def test_people_with_other_roles_get_nothing():
    assert sent_to(person("a@example.org"), person("b@example.org", "reader")) == ("a@example.org",)


def test_roles_are_compared_as_keystone_does_without_case():
    assert sent_to(person("a@example.org", "Member")) == ("a@example.org",)


def test_addresses_from_the_project_itself_get_letters_whatever_the_roles():
    assert sent_to(person("boss@example.org", "contact")) == ("boss@example.org",)


def test_disabled_people_get_nothing():
    assert sent_to(person("a@example.org", enabled=False)) == ()


def test_nobody_gets_a_letter_twice_whatever_the_case():
    assert sent_to(person("Ann@Example.org"), person("ann@example.ORG")) == ("Ann@Example.org",)


def test_the_order_of_the_people_is_kept():
    assert sent_to(person("z@example.org"), person("a@example.org")) == ("z@example.org", "a@example.org")


@pytest.mark.parametrize("kind", [LetterKind.ORPHAN, LetterKind.QUARANTINED])
def test_letters_to_the_admins_do_not_go_to_the_people(kind):
    assert recipients(tenant_for(kind), letter(kind)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "nobody",
        "@example.org",
        "a@",
        "a@.example.org",
        "a b@example.org",
        "a@example.org, b@example.org",
        "Ann <a@example.org>",
        "a@example.org\r\nBcc: all@example.org",
        "a@exam\nple.org",
        "a\x00@example.org",
        "a\u202e@example.org",
        '"unfinished@example.org',
        "a@[",
        "a@@example.org",
        "a" * 260 + "@example.org",
    ],
)
def test_what_is_no_address_is_left_out(text):
    assert sane_addresses([text, "good@example.org"]) == ("good@example.org",)


@pytest.mark.parametrize("text", ["a+b@example.org", " a@example.org ", "王芳@example.org", "o'neil@sub.example.org"])
def test_unusual_addresses_are_kept(text):
    assert sane_addresses([text]) == (text.strip(),)


@given(st.text())
def test_no_text_at_all_gets_a_line_break_through(text):
    for address in sane_addresses([text, f"{text}@example.org", f"a@{text}"]):
        assert address.isprintable()
        assert len(address.split()) == 1


# ---------------------------------------------------------------- languages


def speaks(language):
    return replace(WANG, language=language)


@pytest.mark.parametrize(
    ("policy", "people", "chosen"),
    [
        ("en", [speaks(None)], "en"),
        ("zh_CN", [speaks(None)], "zh_CN"),
        ("zh_CN", [speaks("en-GB")], "en"),
        ("en", [speaks("zh-Hans"), speaks("zh_CN.UTF-8")], "zh_CN"),
        ("zh_CN", [speaks("en"), speaks("zh")], "zh_CN"),
        ("en", [speaks("zh_CN"), speaks(None)], "en"),
        ("tlh", [speaks(None)], "en"),
        ("en", [speaks("zh_TW")], "en"),
        ("zh_CN", [], "zh_CN"),
    ],
)
def test_a_letter_speaks_what_all_its_readers_prefer_else_what_the_policy_says(policy, people, chosen):
    assert language_for(replace(TERMS, language=policy), people) == chosen


def test_a_language_that_only_the_operator_has_letters_in_is_used():
    assert language_for(replace(TERMS, language="de"), [], ("en", "de")) == "de"
