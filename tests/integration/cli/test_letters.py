"""Letters on the command line: looked at before anybody gets them, listed, sent again, checked, and taken back."""

import json

import pytest

from reaper.letters import KNOWN, TEMPLATES


@pytest.fixture
def swept(sim, terminal):
    sim.seed.tenant("trial-a", email="a@example.org")
    terminal.ask("sweep")
    return terminal


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_letter_can_be_seen_before_anybody_gets_it(terminal, tmp_path, kind, language):
    target = tmp_path / "letter.html"
    shown = terminal.ask("letter", "preview", str(kind), "--language", language, "--html", str(target))
    assert shown["subject"]
    assert shown["text"]
    assert target.read_text() == shown["html"]


def test_a_letter_of_a_real_tenant_says_what_the_settings_say_of_the_cloud(swept, tmp_path):
    conf = tmp_path / "reaper.conf"
    said = "cloud_title = Try Stack\nsupport_contact = desk@try.example\nhome_page = https://try.example/\n"
    conf.write_text(conf.read_text().replace("[DEFAULT]\n", f"[DEFAULT]\n{said}time_zone = Asia/Shanghai\n"))
    text = " ".join(swept.ask("letter", "preview", "warning", "sim/trial-a")["text"].split())
    for words in ("on Try Stack ends", "UTC+08:00", "desk@try.example", "https://try.example/"):
        assert words in text
    assert "example.org" not in text.replace("https://reaper.example.org/lease/preview", "").replace(
        "a@example.org", ""
    )


def test_a_letter_is_checked_before_it_is_used(terminal, tmp_path):
    place = tmp_path / "letters" / "warning" / "en"
    place.mkdir(parents=True)
    (place / "subject.txt.j2").write_text("{{ nmae }} ends in 3 days")
    (tmp_path / "letters" / "warnings").mkdir()
    said = terminal.ask("letter", "check", str(tmp_path / "letters"), code=1)["complaints"]
    assert len(said) == 3
    assert "the numbers 3 are typed in" in said[0]
    assert "there is no letter of this name" in said[1]
    assert "'nmae' is undefined" in said[2]
    (place / "subject.txt.j2").write_text("{{ name }} ends {{ deadline.relative }}")
    (tmp_path / "letters" / "warnings").rmdir()
    assert terminal.ask("letter", "check", str(tmp_path / "letters"))["complaints"] == []


def test_a_language_of_the_operators_needs_all_three_parts(terminal, tmp_path):
    place = tmp_path / "letters" / "warning" / "de"
    place.mkdir(parents=True)
    (place / "subject.txt.j2").write_text("{{ name }} endet")
    (said,) = terminal.ask("letter", "check", str(tmp_path / "letters"), code=1)["complaints"]
    assert "body.txt.j2, body.html.j2 is missing" in said


def test_a_template_that_reaches_for_python_is_caught(terminal, tmp_path):
    place = tmp_path / "letters" / "warning" / "en"
    place.mkdir(parents=True)
    (place / "subject.txt.j2").write_text("{{ name.__class__.__mro__ }}")
    (said,) = terminal.ask("letter", "check", str(tmp_path / "letters"), code=1)["complaints"]
    assert "unsafe" in said


def test_a_letter_is_sent_again_under_a_name_of_its_own(swept):
    first = swept.ask("letter", "list")[0]
    assert swept.ask("letter", "resend", first["id"]) == {"queued": first["kind"], "letters": [first["id"]]}
    before, again = (each for each in swept.ask("letter", "list") if each["kind"] == first["kind"])
    assert before == first
    assert again["state"] == "queued"
    assert again["message_id"] != first["message_id"]


def test_letters_that_went_in_one_message_are_sent_again_together(sim, terminal):
    for name in ("trial-a", "trial-b"):
        sim.seed.tenant(name, email="a@example.org")
    terminal.ask("sweep")
    sent = terminal.ask("letter", "list")
    assert len({letter["bundle"] for letter in sent}) == 1
    again = terminal.ask("letter", "resend", sent[1]["id"])
    assert again == {"queued": "welcome", "letters": [letter["id"] for letter in sent]}
    assert (
        "The message with 2 welcome letters is queued again" in terminal.say("letter", "resend", sent[0]["id"]).stdout
    )


def test_an_unknown_letter_cannot_be_sent_again(swept):
    assert "there is no letter 'nonsense'" in str(swept.say("letter", "resend", "nonsense").exception)


def test_what_comes_back_needs_an_address_to_come_back_to(swept):
    answer = swept.say("letter", "bounce", typed="Subject: x\n\nhello")
    assert "mail.bounces_to is not set" in str(answer.exception)


def test_mail_that_is_no_report_of_ours_is_read_and_left(swept, tmp_path):
    conf = tmp_path / "reaper.conf"
    conf.write_text(conf.read_text().replace("[mail]\n", "[mail]\nbounces_to = back@reaper.example\n"))
    answer = swept.say("letter", "bounce", "-f", "json", typed="To: back@reaper.example\n\nI am away.")
    assert json.loads(answer.stdout) == {"verdict": "foreign", "letters": []}


# ---------------------------------------------------------------- letters to the admins


def with_admins(tmp_path):
    conf = tmp_path / "reaper.conf"
    conf.write_text(conf.read_text().replace("[mail]\n", "[mail]\nadmins = ops@cloud.example\n"))


def test_the_admins_hear_nothing_of_the_first_day(swept, tmp_path):
    with_admins(tmp_path)
    swept.ask("sweep")
    swept.ask("sweep")
    assert [each for each in swept.ask("letter", "list") if each["tenant"] == "admins"] == []


def test_what_the_mail_server_says_to_an_address_is_told_step_by_step(terminal, monkeypatch):
    monkeypatch.setattr("reaper.mail.domain.txt_of", lambda _name: None)
    conf = terminal.conf.read_text()
    terminal.conf.write_text(conf.replace("[mail]\n", "[mail]\nsender = reaper@cloud.example\n"))
    told = terminal.ask("letter", "test", "ann@mail.example", "--send")
    assert told["taken"]
    assert [step["step"].split(" ")[0] for step in told["steps"]] == ["connect", "EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert {one["said"] for one in told["domain"]} == {"no DNS server answers from here"}
    assert "yes  RCPT TO:<ann@mail.example>" in terminal.say("letter", "test", "ann@mail.example").output
