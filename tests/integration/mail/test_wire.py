"""What arrives at a real mail server is what was meant: headers, both texts, both languages."""

import pytest

from reaper.errors import Unusable
from reaper.mail import SmtpPostman
from reaper.ports import Sent


def arrived(postbox, postman, message):
    server = postbox()
    sent = postman(server.settings).send(message)
    assert sent.accepted == message.to
    return server.post.mails()[0]


def test_a_letter_says_that_a_machine_wrote_it_and_how_to_know_it_again(postbox, postman, message):
    mail = arrived(postbox, postman, message("ann@example.org", "bob@example.org", language="zh_CN"))
    assert dict(mail.items()) == {
        "From": "Reaper <reaper@example.org>",
        "To": "ann@example.org, bob@example.org",
        "Subject": "Your trial project ends",
        "Date": "Fri, 28 Nov 2031 09:07:00 +0000",
        "Message-ID": "<letter-1@reaper.example.org>",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": "zh-CN",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }


def plain(mail):
    """The text as a reader sees it: on the wire lines end in CR and LF."""
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_text_and_html_arrive_as_alternatives_text_first(postbox, postman, message):
    mail = arrived(postbox, postman, message())
    assert mail.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content().strip()) for part in mail.iter_parts()]
    assert parts == [("text/plain", "It ends."), ("text/html", "<p>It ends.</p>")]


def test_chinese_arrives_whole_in_subject_and_text_over_seven_bits(postbox, postman, message):
    server = postbox()
    text = "您的试用项目将于三天后到期。\n" * 40
    postman(server.settings).send(message(subject="【请尽快处理】您的试用项目 " * 9, text=text, html=f"<p>{text}</p>"))
    assert server.post.letters[0].content.isascii()
    mail = server.post.mails()[0]
    assert mail["Subject"] == ("【请尽快处理】您的试用项目 " * 9).strip()
    assert plain(mail) == text


def test_no_line_on_the_wire_is_too_long(postbox, postman, message):
    server = postbox()
    postman(server.settings).send(message(text="x" * 5000 + "\n", html="<p>" + "y" * 5000 + "</p>"))
    assert max(map(len, server.post.letters[0].content.splitlines())) <= 998


def test_a_line_that_is_a_single_dot_does_not_end_the_letter(postbox, postman, message):
    mail = arrived(postbox, postman, message(text="before\n.\nafter\n"))
    assert plain(mail) == "before\n.\nafter\n"


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\x0b", "\u2028", "\x00"])
def test_no_name_can_write_a_header_of_its_own(postbox, postman, message, break_):
    evil = f"x{break_}Bcc: all@example.org"
    wicked = message(subject=evil, language=evil, headers={"References": evil, "X\r\nBcc": "y"})
    mail = arrived(postbox, postman, wicked)
    assert "Bcc" not in mail
    assert "X" not in mail
    assert mail["Subject"].startswith("x Bcc: ")


def test_extra_headers_arrive_but_replace_none_of_ours(postbox, postman, message):
    mail = arrived(postbox, postman, message(headers={"References": "<a@b>", "From": "evil@example.org"}))
    assert (mail["References"], mail["From"]) == ("<a@b>", "Reaper <reaper@example.org>")


def test_an_address_that_is_none_is_refused_alone(postbox, postman, message):
    server = postbox()
    sent = postman(server.settings).send(message("ann@example.org", "b\r\nRCPT TO:<c@example.org>"))
    assert sent.accepted == ("ann@example.org",)
    assert list(sent.refused) == ["b\r\nRCPT TO:<c@example.org>"]
    assert server.post.letters[0].rcpt_tos == ["ann@example.org"]


def test_a_letter_of_bad_addresses_only_is_refused_without_a_transaction(postbox, postman, message):
    server = postbox()
    assert list(postman(server.settings).send(message("nobody")).refused) == ["nobody"]
    assert server.post.letters == []


@pytest.mark.parametrize("message_id", ["none", "<a@b>\r\nX: y", "<a b@c>", "<信@example.org>", ""])
def test_a_letter_without_a_proper_message_id_is_not_sent(postbox, postman, message, message_id):
    with pytest.raises(Unusable, match="is not a Message-ID"):
        postman(postbox().settings).send(message(message_id=message_id))


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\r\nBcc: c@d", "Reaper <>", "a@b, c@d"])
def test_a_sender_that_is_no_address_is_told_at_once(postbox, sender):
    with pytest.raises(Unusable, match=r"mail\.sender is"):
        SmtpPostman(postbox().settings, sender, None)


# ---------------------------------------------------------------- addresses beyond ASCII


def test_a_domain_beyond_ascii_is_written_so_that_every_server_takes_it(postbox, postman, message):
    server = postbox(enable_SMTPUTF8=False)
    assert postman(server.settings).send(message("ann@bücher.example")).accepted == ("ann@bücher.example",)
    assert server.post.letters[0].rcpt_tos == ["ann@xn--bcher-kva.example"]


def test_a_name_beyond_ascii_is_carried_by_a_server_that_offers_it(postbox, postman, message):
    server = postbox(enable_SMTPUTF8=True)
    assert postman(server.settings).send(message("王芳@example.org")) == Sent(("王芳@example.org",))
    envelope = server.post.letters[0]
    assert envelope.rcpt_tos == ["王芳@example.org"]
    assert "SMTPUTF8" in envelope.mail_options
    assert server.post.mails()[0]["To"] == "王芳@example.org"


def test_a_name_beyond_ascii_is_refused_alone_by_a_server_that_does_not_offer_it(postbox, postman, message):
    server = postbox(enable_SMTPUTF8=False)
    sent = postman(server.settings).send(message("王芳@example.org", "ann@example.org"))
    assert sent.accepted == ("ann@example.org",)
    assert "SMTPUTF8" in sent.refused["王芳@example.org"]
    assert server.post.mails()[0]["To"] == "ann@example.org"
