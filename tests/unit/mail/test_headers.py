"""Every subject is read as it was written, by Python's own readers and by one that knows only RFC 2047.

Python's `EmailMessage` folds mixed subjects so that words come out glued together (`?==?`, which is no encoded word to
anybody), with spaces lost or added, and turns a long Message-ID among References into an encoded word. Projects are
named in every script, so our own wording met all of that.
"""

import base64
import random
import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from reaper.mail.headers import WIRE, WIRE_UTF8, literal, written
from reaper.mail.message import one_line

WORDS = (
    *(
        "naïve",
        "Genève",
        "größte",
        "Übungen",
        "d\u2019étude",
        "projet",
        "trial",
        "A-1",
        "a",
        "lab,",
        "(beta)",
        '"quoted"',
        "2031",
    ),
    *("深度学习", "课程", "试用项目", "張偉", "テスト", "한국어", "проект", "Ελλάδα", "🚀🚀", "e\u0301clair", "שלום"),
    *("x" * 70, "试" * 41, "=?utf-8?q?no?=", "=?", "?=", "_", "a=b", "ё" * 60, "y" * 200),
)
WORDINGS = (
    "[Action needed] Your trial project {} ends on Sunday 4 January 2032, in 3 days",
    "Your trial project {} runs until Sunday 4 January 2032",
    "【请尽快处理】您的试用项目 {} 将于1月4日（星期日）到期，即3天后",  # noqa: RUF001 - Chinese has brackets of its own
    "{}",
)
ENCODED = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")


def mixed(luck):
    """A subject as a letter would have it, about a project with a name of any scripts."""
    name = " ".join(luck.choice(WORDS) for _ in range(luck.randint(1, 8)))
    return one_line(luck.choice(WORDINGS).format(name))


def sent(subject, by=WIRE):
    mail = EmailMessage(policy=by)
    mail["Subject"] = literal(subject)
    mail.set_content("It ends.\n")
    return mail.as_bytes(policy=by)


def by_the_letter(raw):
    """Read a subject as RFC 5322 and RFC 2047 say: unfold, drop what stands between encoded words, decode each."""
    lines = re.search(rb"^Subject:((?:.*\r\n)(?:[ \t].*\r\n)*)", raw, re.MULTILINE)[1].decode("ascii")
    text = lines.replace("\r\n", "").strip()
    if not ENCODED.search(text):
        return text
    words = text.split(" ")
    assert all(ENCODED.fullmatch(word) and len(word) <= 75 for word in words)
    return "".join(base64.b64decode(ENCODED.fullmatch(word)[1]).decode() for word in words)


def old_python(raw, name="Subject"):
    """Read it as programs do that use `email.header`."""
    held = message_from_bytes(raw, policy=policy.compat32)[name]
    return str(make_header(decode_header(re.sub(r"\r?\n(?=\s)", "", held))))


def test_ten_thousand_mixed_subjects_are_read_as_they_were_written():
    luck = random.Random(2032)  # noqa: S311 - the same subjects in every run
    for _ in range(10_000):
        subject = mixed(luck)
        raw = f"{written('Subject', subject)}\r\n\r\n".encode("ascii")
        assert by_the_letter(raw) == subject
        assert old_python(raw) == subject
        lines = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
        assert all(len(line) <= 78 or b" " not in line.strip().removeprefix(b"Subject: ") for line in lines)
        assert not any(b"=?utf-8?" in line and len(line) > 76 for line in lines)


@pytest.mark.parametrize("by", [WIRE, WIRE_UTF8], ids=["seven bits", "SMTPUTF8"])
def test_letters_have_such_subjects_whichever_way_they_go(by):
    luck = random.Random(2033)  # noqa: S311 - the same subjects in every run
    for _ in range(300):
        subject = mixed(luck)
        raw = sent(subject, by)
        assert by_the_letter(raw) == subject
        assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject


def test_a_word_that_no_line_can_hold_is_broken_where_no_reader_sees_it():
    raw = sent("z" * 5000)
    assert max(map(len, raw.splitlines())) <= 998
    assert by_the_letter(raw) == old_python(raw) == "z" * 5000


def test_long_names_of_conversations_stay_whole():
    roots = [f"<{n:032x}.conversation@reaper.a-cloud-with-a-long-name.research.example.org>" for n in range(20)]
    mail = EmailMessage(policy=WIRE)
    mail["References"] = " ".join(roots)
    raw = mail.as_bytes(policy=WIRE)
    assert b"=?" not in raw
    assert message_from_bytes(raw, policy=policy.compat32)["References"].split() == roots


@pytest.mark.parametrize(
    "name", ["Reaper", "云平台 回收", "Ärger & Söhne, IT", "试" * 40, "naïve 项目 " * 9, "a, b", "=?x?="]
)
def test_the_name_of_the_sender_is_read_as_it_was_written(name):
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(one_line(name), "reaper", "cloud.example")
    raw = mail.as_bytes(policy=WIRE)
    # Not by `policy.default`: that one adds spaces where a phrase goes on in another encoded word.
    shown, _, address = old_python(raw, "From").rpartition(" ")
    assert (shown.strip('"'), address) == (one_line(name), "<reaper@cloud.example>")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
