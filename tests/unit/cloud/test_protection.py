"""Which projects can never be tenants."""

from typing import Any

import pytest

from reaper.cloud.protection import read_protection
from reaper.errors import Unusable

ID = "0123456789abcdef0123456789abcdef"
DASHED = "01234567-89AB-cdef-0123-456789abcdef"
OWN = "f" * 32


def why(protect: list[str], domain: str | None = "Silly", **project: Any) -> str | None:
    record = {"id": "5" * 32, "name": "silly-7", "domain_id": "d" * 32, "is_domain": False, "options": {}, **project}
    return read_protection(protect, OWN).reason(record, domain)


@pytest.mark.parametrize("name", ["admin", "Admin", "service", "services", "SERVICES", " service\n"])
def test_the_clouds_own_projects_are_always_protected(name: str):
    assert "belongs to the cloud itself" in (why(["keep"], name=name) or "")


@pytest.mark.parametrize("name", ["administration", "my-service", "admins", "serviced", "silly-7"])
def test_a_name_is_compared_as_a_whole(name: str):
    assert why(["keep", "silly"], name=name) is None


@pytest.mark.parametrize(
    "entry",
    [
        "keep",
        "Keep",
        " keep ",
        "keep\n",
        "keep\r\n",
        "\tkeep",
        "\ufeffkeep",
        "silly/keep",
        "Silly/KEEP",
        f"{'d' * 32}/keep",
    ],
)
def test_an_entry_matches_whatever_stands_around_it(entry: str):
    assert why([entry], name="keep") == "it is in the protect list"
    assert why([entry], name=" Keep ") == "it is in the protect list"


@pytest.mark.parametrize("entry", ["other/keep", "keep*", "kee", "keep/", "/keep", "keeper", "silly", "sill.*/keep"])
def test_an_entry_for_something_else_does_not_match(entry: str):
    assert why([entry], name="keep") is None


@pytest.mark.parametrize("entry", [ID, DASHED, ID.upper(), f" {DASHED}\r\n"])
def test_an_id_matches_with_or_without_dashes(entry: str):
    assert why([entry], id=ID) == "it is in the protect list"
    assert why([entry], id=DASHED.lower()) == "it is in the protect list"
    assert read_protection([entry]).of_id(ID)
    assert why([entry]) is None


def test_a_name_written_in_another_unicode_form_is_the_same_name():
    assert why(["cafe\u0301"], name="caf\u00e9")
    assert why(["STRASSE"], name="stra\u00dfe")


def test_the_project_of_our_own_token_is_protected():
    assert why(["keep"], id=OWN) == "it is the project Reaper's own token belongs to"


@pytest.mark.parametrize(
    ("project", "reason"),
    [
        ({"options": {"immutable": True}}, "immutable"),
        ({"options": ["immutable"]}, "options cannot be read"),
        ({"options": None}, "options cannot be read"),
        ({"is_domain": True}, "a domain"),
        ({"name": None}, "name cannot be read"),
        ({"name": " "}, "name cannot be read"),
        ({"name": 7}, "name cannot be read"),
    ],
)
def test_what_cannot_be_told_protects(project: dict[str, Any], reason: str):
    assert reason in (why(["keep"], **project) or "")


def test_an_unknown_domain_protects_every_project_of_a_name_protected_in_some_domain():
    assert "domain's name cannot be read" in (why(["other/keep"], domain=None, name="keep") or "")
    assert why(["other/keep"], domain=None, name="silly-7") is None


@pytest.mark.parametrize("protect", [[], [""], [" ", "\r\n", "\ufeff"]])
def test_an_empty_list_is_a_mistake(protect: list[str]):
    with pytest.raises(Unusable, match="`protect` is empty"):
        read_protection(protect)


@pytest.mark.parametrize("domain", ["heat", "Heat", "heat_user_domain", "heat_stack"])
def test_what_heat_keeps_for_the_users_of_a_stack_is_never_a_tenant(domain: str):
    assert "Heat keeps it" in (why(["keep"], domain) or "")


@pytest.mark.parametrize("domain", ["Silly", None])
def test_heats_project_is_known_by_its_own_words_too_whatever_its_domain_is_called(domain: str | None):
    assert "Heat keeps it" in (why(["keep"], domain, description="Heat stack user project") or "")


@pytest.mark.parametrize("domain", ["heated", "my-heat", "Silly"])
def test_a_domain_that_is_only_called_alike_is_no_domain_of_heat(domain: str):
    assert why(["keep"], domain, description="about heat") is None
