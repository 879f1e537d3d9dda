"""The letter at the end says what is kept as an image, until when and how to get it back, and what is not."""

from dataclasses import replace

import pytest

from reaper.letters import facts_for
from reaper.mail import LetterRenderer
from reaper.model import ArchiveState, LetterKind, ServerArchive
from reaper.paths import share
from tests.unit.letters.cases import LINK, NOW, PROJECT, days, letter, tenant_for

LETTERS = LetterRenderer(share("notify"))
UNTIL = NOW + days(23)


def archive(name, state=ArchiveState.KEPT, **changes):
    made = ServerArchive(
        id=f"archive-{name}",
        tenant_id="tenant-17",
        project_id=PROJECT,
        lease_id="lease-1",
        region="north",
        server_id=f"id-of-{name}",
        server_name=name,
        begun_at=NOW,
        asked_at=NOW,
        kept_until=UNTIL,
        state=state,
        image_id=f"image-of-{name}" if state is ArchiveState.KEPT else None,
    )
    return replace(made, **changes)


def written(language, *archives):
    tenant = tenant_for(LetterKind.RECLAIMED, archives=archives)
    given = facts_for(tenant, letter(LetterKind.RECLAIMED, tenant), NOW, link=LINK, losses=(), language=language)
    _, text, html = LETTERS.render(LetterKind.RECLAIMED.value, language, given)
    return text, html


@pytest.mark.parametrize(("language", "date"), [("en", "21 December 2031"), ("zh_CN", "2031年12月21日")])
def test_the_letter_names_each_image_and_until_when_it_is_kept(language, date):
    for body in written(language, archive("web"), archive("db")):
        plain = " ".join(body.split())
        assert "image-of-web" in plain
        assert "image-of-db" in plain
        assert date in plain


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_letter_names_what_a_person_let_go_without_an_image(language):
    lost = archive("old", ArchiveState.FAILED, consented_by="olga", why="it is ERROR")
    for body in written(language, lost):
        assert "old" in body
        assert "olga" not in body


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_letter_is_silent_about_attempts_that_led_to_nothing(language):
    for body in written(language, archive("web", ArchiveState.GONE), archive("web2", ArchiveState.FAILED)):
        assert "image-of" not in body
        assert "web2" not in body
