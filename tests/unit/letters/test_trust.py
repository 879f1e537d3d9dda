"""A letter can be trusted: its link is seen, it can be checked without it, and it says who sends it and to whom.

Letters that say "your servers will be stopped, click here" look like the ones that steal passwords. Whoever gets one
has to be able to tell, and the operator to say in it what only the operator of the cloud knows.
"""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from reaper.letters import CATALOG, KNOWN, TEMPLATES, Imprint
from reaper.letters.languages import moment
from reaper.mail import LetterRenderer
from reaper.mail.preview import made_up
from reaper.model import LetterKind, Person, State
from reaper.paths import share
from tests.unit.letters.cases import NOW, UTC, WANG, days, facts, tenant_for, with_terms

RENDERER = LetterRenderer(share("notify"))
FOR_PEOPLE = [spec for spec in CATALOG if not spec.for_admins]
SAID = Imprint(
    "help@example.org",
    "https://cloud.example.org/",
    "https://cloud.example.org/privacy",
    "https://x.example/l.png",
    command=True,
)
NO_PASSWORD = {"en": "We never ask for your password", "zh_CN": "我们绝不会向您索要密码"}


def rendered(kind, language, tenant=None, **changes):
    _, text, html = RENDERER.render(kind.value, language, facts(kind, tenant, language=language, **changes))
    return text, html


def as_read(html):
    """The words of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def one_line(text):
    return " ".join(text.split())


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("spec", FOR_PEOPLE, ids=lambda spec: spec.kind.value)
def test_a_letter_to_people_asks_for_no_password_and_can_be_checked_without_its_link(spec, language):
    text, html = rendered(spec.kind, language, imprint=SAID)
    for said in (one_line(text), as_read(html)):
        assert NO_PASSWORD[language] in said
        assert '"openstack trial show"' in said
        assert "https://cloud.example.org/" in said
        assert "https://cloud.example.org/privacy" in said


@pytest.mark.parametrize("language", KNOWN)
def test_what_the_operator_has_not_said_leaves_no_gap(language):
    text, html = rendered(LetterKind.WARNING, language)
    for said in (one_line(text), as_read(html)):
        assert said.endswith(f"{NO_PASSWORD[language]}{'。' if language == 'zh_CN' else '.'}")
        assert "None" not in said
    assert "<img" not in html


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("spec", FOR_PEOPLE, ids=lambda spec: spec.kind.value)
def test_no_mark_stands_at_the_end_of_a_link_where_a_mail_program_takes_it_along(spec, language):
    text, _ = rendered(spec.kind, language, imprint=replace(SAID, support=None))
    assert re.findall(r"https?://\S+[.,;:)>。，；）](?=\s|$)", text) == []  # noqa: RUF001 - Chinese marks


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("template", sorted({*TEMPLATES} - {"digest", "mail_trouble", "orphan", "quarantined"}))
def test_where_there_is_a_button_its_address_is_seen(template, language):
    html = made_up(RENDERER, template, language, None)[2]
    for link in set(re.findall(r'class="button" href="([^"]+)"', html)):
        assert f">{link}</a>" in html


@pytest.mark.parametrize("language", KNOWN)
def test_the_logo_stands_at_the_head_once_and_says_the_cloud_where_pictures_are_not_shown(language):
    html = rendered(LetterKind.WARNING, language, imprint=SAID)[1]
    assert re.findall(r'<img src="([^"]+)" alt="([^"]+)"', html) == [("https://x.example/l.png", "TryStack Beijing")]
    inside = {"inside": True}
    part = RENDERER.render("warning", language, facts(language=language, imprint=SAID) | inside)[2]
    assert "<img" not in part


@pytest.mark.parametrize("language", KNOWN)
def test_a_letter_that_one_person_reads_names_that_person(language):
    lin = Person("u2", "Lin Tao", "lin@example.org", WANG.roles)
    alone, both = tenant_for(LetterKind.WARNING), tenant_for(LetterKind.WARNING, people=(WANG, lin))
    for said in rendered(LetterKind.WARNING, language, alone):
        assert "Wang Fang" in said
    for said in rendered(LetterKind.WARNING, language, both):
        assert "Wang Fang" not in said
        assert "Lin Tao" not in said


AWAY = {"en": "If you are away", "zh_CN": "如果您要离开一段时间"}
DONE = {"en": "you can give the project back", "zh_CN": "立即归还项目"}


@pytest.mark.parametrize("language", KNOWN)
def test_a_warning_names_being_away_and_giving_back_where_the_lease_allows_them(language):
    allowed = with_terms(tenant_for(LetterKind.WARNING), away=days(19))
    for said in rendered(LetterKind.WARNING, language, allowed):
        assert AWAY[language] in one_line(said)
        assert DONE[language] in one_line(said)
    used = replace(allowed, lease=replace(allowed.lease, away_until=NOW))
    for said in rendered(LetterKind.WARNING, language, used):
        assert AWAY[language] not in one_line(said)
        assert DONE[language] in one_line(said)
    assert facts(tenant=replace(allowed, state=State.RECLAIMING))["can_give_back"] is False


@pytest.mark.parametrize("language", KNOWN)
def test_a_day_in_another_year_is_said_with_its_year(language):
    eve = NOW.replace(month=12, day=30)
    assert "2032" in moment(eve + timedelta(days=3), eve, language, UTC).day
    assert "2031" not in moment(eve + timedelta(days=1), eve, language, UTC).day
