"""The shipped letters: no typed numbers, nothing threatened that will not come, fit for every reader."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reaper.letters import CATALOG, KNOWN, TEMPLATES, Imprint
from reaper.mail import LetterRenderer
from reaper.mail.check import counts_in, typed_text
from reaper.mail.fold import columns
from reaper.mail.preview import made_up
from reaper.model import Afterwards, Enforce, LetterKind, State, Unfinished
from reaper.paths import share
from tests.unit.letters.cases import LINK, TERMS, days, facts, tenant_for, with_terms

NOTIFY = share("notify")
LETTERS = [path for path in sorted(NOTIFY.rglob("*.j2")) if path.relative_to(NOTIFY).parts[0] != "pages"]
RENDERER = LetterRenderer(NOTIFY)
EVERY = [(spec.kind, language) for spec in CATALOG if spec.report is None for language in KNOWN]
TURNS = [(template, language) for template in TEMPLATES for language in KNOWN]


def rendered(kind, language, tenant=None, **changes):
    subject, text, html = RENDERER.render(kind.value, language, facts(kind, tenant, language=language, **changes))
    return subject, text, html


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: str(path.relative_to(NOTIFY)))
def test_no_number_is_typed_into_a_letter(path):
    assert counts_in(typed_text(path)) == []


@pytest.mark.parametrize(
    "source",
    [
        "It ends in 3 days.",
        "It ends in three days.",
        "Renew for two weeks",
        "三天后到期",
        "还可续期两次",
        "{{ name or '7 days' }}",
        '<img alt="7 days">',
        '<td width="600">７天</td>',
    ],
)
def test_the_rule_against_typed_numbers_finds_them(source, tmp_path):
    path = tmp_path / "body.html.j2"
    path.write_text(source)
    assert counts_in(typed_text(path))


@pytest.mark.parametrize(
    "source", ['<td style="padding:8px" width="600">{{ expires }}</td>', "<style>a{color:#012345}</style>"]
)
def test_the_rule_against_typed_numbers_leaves_markup_alone(source, tmp_path):
    path = tmp_path / "body.html.j2"
    path.write_text(source)
    assert counts_in(typed_text(path)) == []


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_is_right_for_a_terminal(kind, language):
    subject, text, _ = rendered(kind, language)
    lines = [line for line in text.splitlines() if LINK not in line]
    assert [line for line in lines if columns(line) > 72] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert "\n\n\n" not in text
    assert "\n" not in subject
    assert columns(subject) < 140


class Shape(HTMLParser):
    """Whether every tag that is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.buttons = [], [], 0

    def handle_starttag(self, tag, attrs):
        self.buttons += dict(attrs).get("class") == "button"
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_html_letter_is_well_formed_has_one_button_at_most_and_fetches_nothing(kind, language):
    html = rendered(kind, language)[2]
    shape = Shape()
    shape.feed(html)
    assert (shape.open, shape.wrong) == ([], [])
    assert shape.buttons <= 1
    assert set(re.findall(r"https?://[^\"'\s<]+", html)) <= {LINK}
    assert f'<html lang="{language.replace("_", "-")}">' in html


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("kind", [LetterKind.WARNING, LetterKind.SUSPENDED])
def test_a_letter_that_asks_for_something_begins_with_what_when_and_the_link(kind, language):
    said = facts(kind, language=language)
    subject, text, html = rendered(kind, language)
    what, action, link = (" ".join(part.split()) for part in re.split(r"\n\n|\n(?=https:)", text)[:3])
    for words in (subject, what):
        assert said["deadline"].relative in words
        assert said["deadline"].day in words.replace(" 2031", "").replace("2031年", "").replace("期 ", "期")
    assert "UTC" in what
    assert action
    assert link == LINK
    assert said["deadline"].full in html


LEAD = '<p style="margin:0 0 20px">'  # opens the first paragraph of a letter in HTML
RELATIVE = re.compile(r"\bin \d+ \w+|\d+ \w+ ago|just now|\d+[天小时分钟秒]+[后前]|刚刚")


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_begins_with_when_as_a_date_with_its_zone_and_as_time_to_go(kind, language):
    _, text, html = rendered(kind, language)
    begins = 2 if kind is LetterKind.ORPHAN else 1  # whom nobody reaches comes first, then what follows from it
    body = html[html.index(LEAD) :]
    for paragraphs in (text.split("\n\n"), re.findall(r"<p[^>]*>(.*?)</p>", body, re.DOTALL)):
        told = " ".join(re.sub(r"<[^>]+>", "", " ".join(paragraphs[:begins])).split())
        assert "UTC" in told
        assert RELATIVE.search(told), told


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("kind", [LetterKind.WARNING, LetterKind.SUSPENDED, LetterKind.WELCOME])
@pytest.mark.parametrize("enforce", [Enforce.NOTIFY, Enforce.SUSPEND])
def test_no_letter_threatens_what_its_policy_does_not_do(kind, language, enforce):
    threats = {"en": "for good|only then deleted|it is deleted", "zh_CN": "永久删除|之后才会删除|将于[^。]*删除"}[
        language
    ]
    stops = {"en": "servers are stopped", "zh_CN": "将被关机"}[language]
    words = " ".join(" ".join(rendered(kind, language, tenant_for(kind, enforce=enforce))).split())
    assert not re.search(threats, words.replace(" ", "") if language == "zh_CN" else words)
    if enforce is Enforce.NOTIFY:
        assert stops not in words


@pytest.mark.parametrize("language", KNOWN)
def test_a_letter_promises_no_renewal_that_would_be_refused(language):
    spent = with_terms(tenant_for(LetterKind.WARNING), renew_times=2)
    _, text, html = rendered(LetterKind.WARNING, language, spent)
    for offer in {
        "en": ("Renewing now", "renew it here", "same link"),
        "zh_CN": ("现在续期", "点击以下链接续期", "同一链接"),
    }[language]:
        assert offer not in text + html


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_names_that_strangers_chose_are_escaped_in_html_and_plain_in_text(kind, language):
    tenant = tenant_for(kind, name='<script>alert("x")</script>&', quarantine_reason="<b>")
    subject, text, html = rendered(kind, language, tenant, cloud_title="<i>Try</i>")
    assert "<script" not in html
    assert "<i>Try" not in html
    assert "&amp;lt;" not in html
    assert "<script>" in subject + text


def worlds(kind):
    """Every turn that a letter's conditions can take."""
    yield from (tenant_for(kind, enforce=enforce) for enforce in (*Enforce, None))
    for changes in (
        {"renew_times": 0},
        {"renew_times": 2},
        {"at_most": days(31)},
        {"opens_before": days(1)},
        {"renew_times": 3},
    ):
        tenant = with_terms(tenant_for(kind), **changes)
        yield replace(tenant, lease=replace(tenant.lease, renewals=min(2, tenant.lease.terms.renew_times)))
    yield from (with_terms(tenant_for(kind), afterwards=after) for after in Afterwards)
    yield tenant_for(kind, people=(), blocker="a port", unfinished=Unfinished.RESTORE)
    yield replace(tenant_for(kind), state=State.SUSPENDED, suspended_at=tenant_for(kind).lease.started_at)
    yield with_terms(tenant_for(kind), keep=frozenset({"image"}))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_letter_renders_in_every_turn(kind, language):
    for tenant in worlds(kind):
        for losses in (None, ()):
            parts = rendered(kind, language, tenant, losses=losses, imprint=Imprint("help@example.org"))
            assert all(part.strip() for part in parts)
            assert not any("None" in part for part in parts)


def numbers(text):
    return set(re.findall(r"\d+", text))


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_number_in_a_letter_is_one_of_the_lease_or_of_the_resources(kind, language):
    said = facts(kind, language=language)
    known = numbers(" ".join(_texts(said)))
    assert numbers(rendered(kind, language)[1]) <= known
    assert TERMS.renew_by.days == 13


def _texts(value):
    """All texts and numbers within the facts."""
    if isinstance(value, str | int):
        yield str(value)
    elif isinstance(value, dict):
        yield from (text for inner in value.values() for text in _texts(inner))
    elif isinstance(value, tuple):
        yield from (text for inner in value for text in _texts(inner))
    elif hasattr(value, "__dataclass_fields__"):
        yield from (text for name in value.__dataclass_fields__ for text in _texts(getattr(value, name)))


def test_the_shipped_letters_were_found():
    assert Path(NOTIFY / "warning" / "en" / "subject.txt.j2") in LETTERS


@pytest.mark.parametrize(("template", "language"), TURNS)
def test_every_turn_of_a_letter_is_right_for_a_terminal_and_well_formed(template, language):
    subject, text, html = made_up(RENDERER, template, language, None)
    assert [line for line in text.splitlines() if columns(line) > 72 and "http" not in line] == []
    assert columns(subject) < 140
    shape = Shape()
    shape.feed(html)
    assert (shape.open, shape.wrong) == ([], [])
    assert all(part.strip() for part in (subject, text, html))


@pytest.mark.parametrize("language", KNOWN)
def test_the_last_warning_says_that_it_is_the_last_and_when_it_ends(language):
    subject, text, html = made_up(RENDERER, "last_warning", language, None)
    last = {"en": ("[Last warning]", "last letter before then"), "zh_CN": ("【最后提醒】", "最后一封提醒邮件")}[
        language
    ]
    assert last[0] in subject
    assert last[1] in " ".join(text.split("\n\n")[0].split())
    assert last[1] in html


@pytest.mark.parametrize("language", KNOWN)
def test_the_last_renewal_says_that_there_is_no_other(language):
    subject, text, _ = made_up(RENDERER, "no_renewals_left", language, None)
    assert {"en": "no renewals left", "zh_CN": "续期机会已用完"}[language] in subject
    assert {"en": "This was the last renewal", "zh_CN": "续期机会已全部用完"}[language] in text
