"""One rendered letter as the bytes that go over the wire: headers that cannot be broken into, text and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses

from reaper.errors import Refused, Unusable
from reaper.letters import Appointment, is_address
from reaper.mail.calendar import FILE, as_ics, method_of
from reaper.mail.headers import WIRE, literal
from reaper.ports import Message

_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MESSAGE_ID = re.compile(r"<?([^\s<>@]+@[^\s<>@]+)>?")


def compose(message: Message, sender: Address, to: Sequence[Address], now: datetime) -> EmailMessage:
    """Draw up the mail: From, To, Date, our own Message-ID, and the headers that keep machines from answering.

    `Auto-Submitted` is RFC 3834; `Precedence` and `X-Auto-Response-Suppress` are what older programs and Outlook heed.

    Raises:
        Unusable: its Message-ID is not one.
    """
    mail = EmailMessage(policy=WIRE)
    mail["From"] = sender
    mail["To"] = list(to)
    mail["Subject"] = literal(one_line(message.subject))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = _message_id(message.message_id)
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail["X-Auto-Response-Suppress"] = "All"
    for name, text in message.headers.items():
        if _HEADER_NAME.fullmatch(name) and name not in mail:
            mail[name] = literal(one_line(text))
    mail.set_content(message.text, cte=_encoding(message.text))
    mail.add_alternative(message.html, subtype="html", cte=_encoding(message.html))
    if message.appointments:
        _attach(mail, message.appointments, sender)
    # Last: adding an alternative moves every Content- header that is there already into the first part.
    mail["Content-Language"] = one_line(message.language.replace("_", "-"))
    return mail


def _attach(mail: EmailMessage, entries: Sequence[Appointment], sender: Address) -> None:
    ics = as_ics(entries, sender)
    how = {"method": method_of(entries[0])}
    mail.add_attachment(ics.decode(), subtype="calendar", charset="utf-8", cte="base64", filename=FILE, params=how)


def sender_from(text: str) -> Address:
    """Read the setting `mail.sender`: an address, or a name and an address in angle brackets.

    Raises:
        Unusable: it is neither.
    """
    found = getaddresses([text]) if text.isprintable() else []
    if len(found) != 1 or not is_address(found[0][1]):
        raise Unusable(f"mail.sender is {text!r}: it should be like Reaper <reaper@example.org>")
    address = address_of(found[0][1])
    return Address(found[0][0], address.username, address.domain)


def address_of(text: str) -> Address:
    """Read one plain address; its domain is put into the form that every server takes.

    Raises:
        Refused: it is not an address.
    """
    if not is_address(text):
        raise Refused(f"{text!r} is not a mail address")
    local, _, domain = text.rpartition("@")
    ascii_domain = domain.encode("idna").decode("ascii")
    return Address(addr_spec=f"{local}@{ascii_domain}") if local.isascii() else Address("", local, ascii_domain)


def one_line(text: str) -> str:
    """Make text fit for a header: nothing in it can end the line or begin another header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _message_id(text: str) -> str:
    found = _MESSAGE_ID.fullmatch(text)
    if found is None or not text.isascii() or not text.isprintable():
        raise Unusable(f"{text!r} is not a Message-ID: it should be like <name@host>")
    return f"<{found.group(1)}>"


def _encoding(text: str) -> str:
    """Prefer what a person can read on the wire: quoted-printable, unless most of the text is not ASCII."""
    return "base64" if len(text.encode()) * 3 > len(text) * 4 else "quoted-printable"


def trial_letter(sender: str, to: str, now: datetime) -> bytes:
    """Write a letter that says that it is a test and nothing hangs on it."""
    text = (
        "This letter shows that mail of Reaper arrives at this address. Nothing hangs on it, and nobody need answer.\n"
    )
    name = f"<test.{now:%Y%m%d%H%M%S%f}@{sender_from(sender).domain}>"
    message = Message(name, (to,), "[Reaper] A test", text, f"<p>{text}</p>\n", "en")
    return compose(message, sender_from(sender), [address_of(to)], now).as_bytes()
