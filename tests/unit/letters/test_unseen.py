"""The letter at the end does not say that everything is gone where nobody could look."""

import pytest

from reaper.letters import facts_for
from reaper.mail import LetterRenderer
from reaper.model import LetterKind, UninspectableService
from reaper.paths import share
from tests.unit.letters.cases import LINK, NOW, letter, tenant_for

LETTERS = LetterRenderer(share("notify"))


def written(language, *services):
    unseen = tuple(
        UninspectableService(service, region, "for a reason") for service in services for region in ("north", "south")
    )
    tenant = tenant_for(LetterKind.RECLAIMED, unseen=unseen)
    given = facts_for(tenant, letter(LetterKind.RECLAIMED, tenant), NOW, link=LINK, losses=(), language=language)
    _, text, html = LETTERS.render(LetterKind.RECLAIMED.value, language, given)
    return [" ".join(body.split()) for body in (text, html)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Not checked: secrets (key-manager) and silly-service. What the project has there was neither"),
        ("zh_CN", "密钥 (key-manager)和 silly-service。项目在其中的数据"),
    ],
)
def test_what_was_not_looked_into_is_named_once(language, sentence):
    for body in written(language, "silly-service", "key-manager"):
        assert body.count(sentence) == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Not checked"), ("zh_CN", "未核实")])
def test_a_cloud_that_could_be_looked_into_has_no_such_sentence(language, word):
    for body in written(language):
        assert word not in body


def test_a_service_with_a_hostile_name_breaks_no_line_and_no_markup():
    text, html = written("en", "silly\u202e\nservice<b>")
    assert "Not checked: silly service<b>." in text
    assert "Not checked: silly service&lt;b&gt;." in html
