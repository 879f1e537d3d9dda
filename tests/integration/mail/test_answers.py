"""Each address gets the server's own answer, and what breaks on the way is never taken for one."""

import socket
import threading
from dataclasses import replace

import pytest

from reaper.errors import Permanent, Temporary
from reaper.model import LetterState
from reaper.ports import Sent
from tests.integration.mail.conftest import HANG_UP, SILENCE, Dropping

UNKNOWN, LATER = "550 5.1.1 no such user", "451 4.7.1 greylisted, come back"


def test_one_refused_address_does_not_keep_the_letter_from_the_others(postbox, postman, message):
    server = postbox()
    server.post.rcpt = {"bob@example.org": UNKNOWN, "eve@example.org": LATER}
    sent = postman(server.settings).send(message("ann@example.org", "bob@example.org", "eve@example.org"))
    assert sent == Sent(("ann@example.org",), {"bob@example.org": UNKNOWN}, {"eve@example.org": LATER})
    assert server.post.letters[0].rcpt_tos == ["ann@example.org"]


def test_a_letter_that_all_refuse_leaves_the_connection_fit_for_the_next(postbox, postman, message):
    server = postbox()
    server.post.rcpt = {"bob@example.org": UNKNOWN}
    carrier = postman(server.settings)
    assert carrier.send(message("bob@example.org")) == Sent((), {"bob@example.org": UNKNOWN})
    assert carrier.send(message()).accepted
    assert len(server.post.sessions) == 1


def test_a_greylisted_letter_is_deferred(postbox, postman, message):
    server = postbox()
    server.post.rcpt = {"ann@example.org": LATER}
    assert postman(server.settings).send(message()) == Sent(deferred={"ann@example.org": LATER})


def test_too_many_recipients_means_the_rest_later(postbox, postman, message):
    server = postbox()
    server.post.rcpt = {"bob@example.org": "552 too many recipients"}
    sent = postman(server.settings).send(message("ann@example.org", "bob@example.org"))
    assert (sent.accepted, list(sent.deferred)) == (("ann@example.org",), ["bob@example.org"])


@pytest.mark.parametrize(
    ("answer", "field"),
    [("554 5.7.1 looks like spam", "refused"), ("452 4.3.1 the disk is full", "deferred")],
)
def test_the_answer_to_the_letter_itself_holds_for_all_its_addresses(postbox, postman, message, answer, field):
    server = postbox()
    server.post.data = [answer]
    carrier = postman(server.settings)
    sent = carrier.send(message("ann@example.org", "bob@example.org"))
    assert sent == Sent(**{field: {"ann@example.org": answer, "bob@example.org": answer}})
    assert carrier.send(message()).accepted
    assert len(server.post.sessions) == 1


def test_a_server_whose_disk_is_full_says_later_for_all(postbox, postman, message):
    server = postbox()
    server.post.mail = ["452 4.3.1 insufficient system storage"]
    assert list(postman(server.settings).send(message()).deferred) == ["ann@example.org"]


def test_a_server_that_does_not_take_our_sender_is_not_the_recipients_fault(postbox, postman, message):
    server = postbox()
    server.post.mail = ["550 5.1.8 sender rejected"]
    with pytest.raises(Permanent, match=r"does not take letters from reaper@example\.org: 550"):
        postman(server.settings).send(message())


@pytest.mark.parametrize("answer", ["554 5.7.1 Relay access denied", "530 5.7.0 authentication required"])
def test_a_server_that_does_not_relay_for_us_makes_nobody_unreachable(postbox, postman, message, office, answer):
    server = postbox()
    server.post.rcpt = {"ann@example.org": answer}
    assert list(postman(server.settings).send(message()).refused) == ["ann@example.org"]
    office.postman = lambda: postman(server.settings)
    office.queue(office.tenant("aurora", "ann@example.org"))
    assert answer in office.deliver().permanent_error
    letter = office.letter()
    assert (letter.state, letter.lost, letter.asked) == (LetterState.DEFERRED, {}, 0)


# ---------------------------------------------------------------- what breaks


def test_a_server_that_is_down_is_temporary(postman, message, postbox):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings = replace(postbox().settings, port=taken.getsockname()[1])
        with pytest.raises(Temporary, match=r"127\.0\.0\.1:\d+ cannot be reached: .*refused"):
            postman(settings).send(message())


def test_a_server_that_breaks_off_in_the_letter_is_temporary_and_the_next_goes_over_a_new_connection(
    postbox, postman, message
):
    post = postbox(Dropping)
    with pytest.raises(Temporary, match="broke off"):
        postman(post.settings).send(message())
    whole = postbox(post=post.post)
    assert postman(whole.settings).send(message()).accepted


def test_a_server_that_hangs_up_after_the_final_dot_is_temporary(postbox, postman, message):
    server = postbox()
    server.post.data = [HANG_UP]
    carrier = postman(server.settings)
    with pytest.raises(Temporary, match="broke off"):
        carrier.send(message())
    assert carrier.send(message()).accepted


def test_a_server_that_says_nothing_after_the_final_dot_is_temporary_and_the_message_id_is_the_same_again(
    postbox, postman, message
):
    server = postbox(timeout=0.3)
    server.post.data = [SILENCE]
    carrier = postman(server.settings)
    with pytest.raises(Temporary, match="timed out"):
        carrier.send(message())
    assert carrier.send(message()).accepted
    assert len({mail["Message-ID"] for mail in server.post.mails()}) == 1
    assert len(server.post.letters) == 2


def test_a_server_that_never_greets_is_temporary(postbox, postman, message):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings = replace(postbox().settings, port=mute.getsockname()[1], timeout=0.2)
        with pytest.raises(Temporary, match="timed out"):
            postman(settings).send(message())


@pytest.mark.parametrize(
    ("greeting", "error"),
    [(b"421 too busy\r\n", Temporary), (b"554 no service\r\n", Temporary), (b"hello\r\n", Temporary)],
)
def test_a_server_that_greets_with_no_is_temporary(postbox, postman, message, greeting, error):
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def greet():
            visitor, _ = rude.accept()
            with visitor:
                visitor.sendall(greeting)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(Temporary):
            postman(replace(postbox().settings, port=rude.getsockname()[1])).send(message())
        thread.join()


# ---------------------------------------------------------------- connections


def test_two_hundred_letters_go_over_one_connection(postbox, postman, message):
    server = postbox()
    carrier = postman(replace(server.settings, letters_per_connection=500))
    for number in range(200):
        assert carrier.send(message(message_id=f"<{number}@reaper.example.org>")).accepted
    assert len(server.post.sessions) == 1
    assert len({mail["Message-ID"] for mail in server.post.mails()}) == 200


def test_a_connection_is_given_up_for_a_new_one_after_so_many_letters(postbox, postman, message):
    server = postbox()
    carrier = postman(replace(server.settings, letters_per_connection=3))
    assert all(carrier.send(message()).accepted for _ in range(7))
    assert len(server.post.sessions) == 3


@pytest.mark.parametrize("how", [HANG_UP, "421 4.7.0 too many letters"])
def test_a_server_that_hangs_up_between_letters_is_called_again(postbox, postman, message, how):
    server = postbox()
    carrier = postman(server.settings)
    carrier.send(message())
    server.post.mail = [how]
    assert carrier.send(message()).accepted
    assert len(server.post.sessions) == 2


def test_a_server_that_hangs_up_at_every_letter_is_temporary(postbox, postman, message):
    server = postbox()
    server.post.mail = [HANG_UP] * 3
    with pytest.raises(Temporary, match="closes the connection"):
        postman(server.settings).send(message())
    assert len(server.post.mail) == 2


def test_a_server_that_closes_between_the_addresses_has_taken_nothing(postbox, postman, message):
    server = postbox()
    server.post.rcpt = {"bob@example.org": "421 4.3.2 shutting down"}
    with pytest.raises(Temporary, match="shutting down"):
        postman(server.settings).send(message("ann@example.org", "bob@example.org"))
    assert server.post.letters == []


def test_the_name_we_greet_with_can_be_set(postbox, postman, message):
    server = postbox()
    postman(replace(server.settings, ehlo_name="reaper.example.org")).send(message())
    assert server.post.sessions[0].host_name == "reaper.example.org"
