"""The demo's mail server: real SMTP on loopback, every letter kept as a file, one domain that refuses everybody."""

from __future__ import annotations

import email
import queue
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from reaper.mail.listener import Listener

LINK = re.compile(r"http://[^\s<>\"]+/lease/[A-Za-z0-9._-]+")
REFUSING = "nowhere.example"


@dataclass(frozen=True)
class Arrived:
    """One letter in somebody's mailbox."""

    to: tuple[str, ...]
    subject: str
    message_id: str
    link: str | None
    file: Path


class Post:
    """Listens on loopback. `arrived` gives the letters in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        """Keep letters in this folder, as .eml for mail readers and .html for browsers."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._letters: queue.SimpleQueue[Arrived] = queue.SimpleQueue()
        self.count = 0
        self._listener = Listener("127.0.0.1:0", lambda: SMTP(self, enable_SMTPUTF8=True))

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._listener.port

    def start(self) -> None:
        """Begin to listen."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening."""
        self._listener.stop()

    def arrived(self) -> list[Arrived]:
        """Take the letters that came since the last time."""
        letters = []
        while not self._letters.empty():
            letters.append(self._letters.get())
        return letters

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse one domain for good, as a mail server does for people who have left."""
        if address.endswith(f"@{REFUSING}"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Keep the letter."""
        message = email.message_from_bytes(envelope.content or b"", _class=EmailMessage, policy=default)
        self.count += 1
        file = self._folder / f"{self.count:04d}-{_slug(str(message['Subject']))}.eml"
        file.write_bytes(envelope.content or b"")
        page = message.get_body(("html",))
        if page is not None:
            file.with_suffix(".html").write_text(page.get_content(), encoding="utf-8")
        text = message.get_body(("plain",))
        found = LINK.search(text.get_content()) if text is not None else None
        self._letters.put(
            Arrived(
                tuple(envelope.rcpt_tos),
                str(message["Subject"]),
                str(message["Message-ID"]),
                found.group(0) if found else None,
                file.with_suffix(".html"),
            )
        )
        return "250 2.0.0 kept"


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-").lower()[:60]
