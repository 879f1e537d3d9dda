"""The words of the pages: complete in every language, without numbers of their own, and checked at the start."""

import re
import shutil
import tomllib
from string import Formatter

import pytest

from reaper.errors import Unusable
from reaper.letters import KNOWN
from reaper.paths import share
from reaper.web import create_app
from reaper.web.words import read_words

PAGES = share("notify") / "pages"


def sentences(table, prefix=""):
    """Every text of a file under its dotted key; the forms of a number count as one."""
    for key, value in table.items():
        if isinstance(value, dict) and "other" in value:
            yield prefix + key, " ".join(value.values())
        elif isinstance(value, dict):
            yield from sentences(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def words_of(language):
    return dict(sentences(tomllib.loads((PAGES / f"{language}.toml").read_text(encoding="utf-8"))))


def names_in(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_says_everything_with_the_same_facts():
    english = words_of("en")
    for language in KNOWN:
        words = words_of(language)
        assert words.keys() == english.keys()
        for key, text in words.items():
            assert names_in(text) == names_in(english[key]), key


@pytest.mark.parametrize("language", KNOWN)
def test_no_number_is_typed_into_the_words(language):
    number = re.compile(r"\d|\b(one|two|three|seven|ten) (day|hour|week)|[一二三四五六七八九十](天|小时|分钟|个月)")
    assert [key for key, text in words_of(language).items() if number.search(text)] == []


def test_what_a_language_lacks_is_said_in_the_first_one(tmp_path):
    (tmp_path / "en.toml").write_text('tag = "en"\n[a]\nb = "hello {who}"', encoding="utf-8")
    (tmp_path / "xx.toml").write_text('tag = "xx"', encoding="utf-8")
    words = read_words(tmp_path, ("en", "xx"))["xx"]
    assert words.say("a.b", who="<you>") == "hello &lt;you&gt;"
    assert words.tag == "xx"


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("en.toml", None, "cannot be read"),
        ("zh_CN.toml", "[site\n", "not TOML.*line 1"),
        ("zh_CN.toml", b"\xff\xfe", "cannot be read"),
        ("lease.html.j2", "{% if %}", "lease.html.j2, line 1"),
        ("base.html.j2", "{% block page %}", "base.html.j2, line 1"),
        ("message.html.j2", None, "message.html.j2 is missing"),
        ("page.css", None, "style of the pages cannot be read"),
        ("page.css", "</style>", "must not contain"),
    ],
)
def test_a_broken_folder_of_pages_is_one_clear_sentence_at_the_start(desk, tmp_path, name, text, complaint):
    # Given
    pages = shutil.copytree(PAGES, tmp_path / "pages")
    if text is None:
        (pages / name).unlink()
    else:
        (pages / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    # Then
    with pytest.raises(Unusable, match=complaint):
        create_app(desk, cloud_title="", support_contact=None, words=pages)


def test_words_that_ask_for_an_unknown_fact_are_named(tmp_path):
    (tmp_path / "en.toml").write_text('a = "hello {nobody}"', encoding="utf-8")
    with pytest.raises(Unusable, match=r"en.toml, a: .*nobody"):
        read_words(tmp_path, ("en",))["en"].say("a", who="you")
