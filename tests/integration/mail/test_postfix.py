# ruff: noqa: ARG002, N802 - aiosmtpd chose these names and arguments
"""End to end through a real Postfix: what it cannot deliver comes back, and a warning nobody had moves the deadline."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from reaper.deliver import Delivered, Returned, Verdict
from reaper.letters.verp import ReturnAddress
from reaper.lifecycle import Keep, Tell, deadline, decide, is_orphan
from reaper.mail import SmtpPostman, SmtpServer
from reaper.mail.lmtp import BounceListener
from reaper.model import Enforce, LetterKind, LetterState
from reaper.paths import share
from tests.integration.mail.conftest import Post
from tests.integration.mail.relay import free_port, lacking, postfix
from tests.unit.deliver.office import TERMS

RETURNS = ReturnAddress("bounces@reaper.example", ["a secret of the tests that is long enough"])
PATIENCE = 60


class Mailboxes(Post):
    """Where the relay delivers to; whoever waits is told of each letter."""

    def __init__(self):
        super().__init__()
        self.arrived = threading.Condition()

    async def handle_DATA(self, server, session, envelope):
        with self.arrived:
            self.letters.append(envelope)
            self.arrived.notify_all()
        return "250 taken"

    def wait_for(self, wanted):
        """Return the first letter for an address that begins like this."""
        with self.arrived:
            self.arrived.wait_for(lambda: self._to(wanted), PATIENCE)
            found = self._to(wanted)
        assert found, f"nothing came for {wanted}"
        return found[0]

    def _to(self, wanted):
        return [e for e in self.letters if e.rcpt_tos[0].startswith(wanted)]


@pytest.fixture
def relay(relays):
    """A Postfix in front of the mailboxes."""
    return relays()


@pytest.fixture
def relays(postbox, office):
    """Start a Postfix; the office's letters go through it, and what comes back goes where the test says."""
    with contextlib.ExitStack() as running:
        yield lambda returns="": running.enter_context(in_front_of(postbox, office, returns))


@contextlib.contextmanager
def in_front_of(postbox, office, returns):
    reason = lacking()
    if reason and os.environ.get("REAPER_REQUIRE_POSTFIX") == "1":
        pytest.fail(f"{reason}; REAPER_REQUIRE_POSTFIX=1 asks for it")
    if reason:
        pytest.skip(reason)
    boxes = postbox(post=Mailboxes())
    folder = Path(tempfile.mkdtemp(prefix="reaper-post-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with postfix(folder, boxes.settings.port, returns) as port:
            settings = SmtpServer("127.0.0.1", port, timeout=20)
            office.postman = lambda: SmtpPostman(settings, "reaper@reaper.example", office.clock, RETURNS.sender_of)
            yield boxes.post
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def returned(office):
    admins = office.manners.admins
    return Returned(office.store.ledger, office.store.outbox, office.clock, RETURNS, lambda: admins)


def test_an_unknown_recipient_comes_back_makes_an_orphan_and_moves_the_deadline(relay, office):
    relay.rcpt = {"gone@mail.example": "550 5.1.1 no such user here"}
    tenant = office.queue(office.tenant("aurora", "gone@mail.example", decided_under=Enforce.RECLAIM))
    assert office.deliver() == Delivered(accepted=1)
    promised = deadline(office.store.ledger.tenant(tenant.id), office.clock.now())

    report = relay.wait_for("bounces+")
    assert report.mail_from in ("", None, "<>")
    assert RETURNS.letter_named_in(report.rcpt_tos) == office.letter().id
    parsed = message_from_bytes(report.content, policy=policy.default)
    assert parsed.get_content_type() == "multipart/report"
    assert "gone@mail.example" in str(parsed)

    verdict, letters = returned(office).take_back(report.content, report.rcpt_tos)
    assert (verdict, [letter.state for letter in letters]) == (Verdict.BOUNCED, [LetterState.BOUNCED])
    orphan = office.standing(office.store.ledger.tenant(tenant.id))
    assert is_orphan(orphan)
    assert decide(orphan, office.clock.now()) == Tell(LetterKind.ORPHAN)
    assert deadline(orphan, office.clock.now()) >= office.clock.now() + TERMS.orphans_wait > promised
    office.clock.advance(promised - office.clock.now() + timedelta(hours=1))
    assert isinstance(decide(orphan, office.clock.now()), Tell | Keep)
    assert "550 5.1.1 no such user here" in office.letter().answer

    assert returned(office).take_back(report.content, report.rcpt_tos) == (Verdict.NOTHING, [])


def test_one_of_two_comes_back_and_the_other_still_counts(relay, office):
    relay.rcpt = {"gone@mail.example": "550 5.1.1 no such user here"}
    office.queue(office.tenant("aurora", "gone@mail.example", "ann@mail.example"))
    assert office.deliver() == Delivered(accepted=1)
    report = relay.wait_for("bounces+")
    assert relay.wait_for("ann@").rcpt_tos == ["ann@mail.example"]
    assert returned(office).take_back(report.content, report.rcpt_tos)[0] is Verdict.BOUNCED
    letter = office.letter()
    assert (letter.state, letter.recipients) == (LetterState.ACCEPTED, ("ann@mail.example",))
    assert list(letter.lost) == ["gone@mail.example"]


def test_the_command_behind_a_mail_alias_reads_the_report(relay, office, tmp_path, reaper_command):
    relay.rcpt = {"gone@mail.example": "550 5.1.1 no such user here"}
    office.queue(office.tenant("aurora", "gone@mail.example"))
    office.deliver()
    report = relay.wait_for("bounces+")
    done = reaper_command("letter", "bounce", "-f", "json", given=report.content, ORIGINAL_RECIPIENT=report.rcpt_tos[0])
    assert done.returncode == 0, done.stderr
    assert b'"bounced"' in done.stdout
    assert office.letter().state is LetterState.BOUNCED


def test_the_listener_is_given_the_report_by_the_relay(relays, office):
    taken = threading.Semaphore(0)

    def take_back(raw, sent_to):
        verdict, _ = returned(office).take_back(raw, sent_to)
        taken.release()
        return verdict

    where = f"127.0.0.1:{free_port()}"
    door = BounceListener(where, expects=RETURNS.expects, take_back=take_back)
    relay = relays(f"lmtp:inet:{where}")
    relay.rcpt = {"gone@mail.example": "550 5.1.1 no such user here"}
    for name in ("aurora", "borealis"):
        office.queue(office.tenant(name, "gone@mail.example"))
    assert office.deliver() == Delivered(accepted=2)
    door.start()
    try:
        assert taken.acquire(timeout=PATIENCE)
    finally:
        door.stop()
    assert {letter.state for letter in office.store.outbox.letters()} == {LetterState.BOUNCED}
    assert all("no such user here" in letter.answer for letter in office.store.outbox.letters())


@pytest.fixture
def reaper_command(tmp_path, office):
    """The program itself, on the office's ledger."""
    (tmp_path / "secret").write_text(RETURNS.secrets[0] + "\n")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "reaper.conf").write_text(f"""[DEFAULT]
clouds = trystack
protect = admin
policies_dir = {share("policies")}
[database]
connection = sqlite:///{tmp_path}/reaper.db
[mail]
bounces_to = {RETURNS.address}
[web]
secret_file = {tmp_path}/secret
""")

    def run(*words, given, **environment):
        program = [str(Path(sys.executable).with_name("reaper")), "--config-file", str(tmp_path / "reaper.conf")]
        return subprocess.run(
            [*program, *words], input=given, env=os.environ | environment, capture_output=True, timeout=120, check=False
        )

    return run
