"""Hands letters to the mail server, many over one connection, with an answer for each address."""

from __future__ import annotations

import contextlib
import re
import smtplib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Self

from reaper.errors import Permanent, Refused, Temporary
from reaper.letters.answer_scope import AnswerScope, ServerAnswer, Stage, scope_of
from reaper.mail.connect import Security, SmtpServer, connect, says
from reaper.mail.headers import WIRE, WIRE_UTF8
from reaper.mail.message import address_of, compose, sender_from
from reaper.ports import Clock, Message, Sent

__all__ = ["Security", "SmtpPostman", "SmtpServer"]

_OK, _FORWARDED = 250, 251
_CLOSING = 421
_TOO_MANY = 552  # RFC 5321 4.5.3.1.10: to RCPT it means "too many for now"
_FOR_GOOD = 500
#: Too many recipients (x.5.3), or messages; the letters over one connection are never less than so many for that.
_TOO_MUCH_HERE, _FEWEST = re.compile(r"^\d{3} [45]\.5\.3\b|too many (?:messages|mails|recipients)", re.IGNORECASE), 5
_NO_SMTPUTF8 = "the mail server takes no addresses with letters beyond ASCII (SMTPUTF8)"


class _HungUp(Temporary):
    """The connection was closed before anything of a letter was given."""


class SmtpPostman:
    """A postman of one server. It connects at the first letter and again whenever the server has hung up between two.

    Nothing is sent twice here: once the data of a letter was begun, a broken connection is the caller's to judge.
    """

    def __init__(
        self, server: SmtpServer, sender: str, clock: Clock, sender_of: Callable[[str], str] | None = None
    ) -> None:
        """Keep the settings. `sender_of` makes the address to which a letter comes back; else it is the sender's own.

        Raises:
            Unusable: the sender is not an address.
        """
        self._server = server
        self._sender = sender_from(sender)
        self._clock = clock
        self._sender_of = sender_of or (lambda _ref: self._sender.addr_spec)
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0
        self._most = server.letters_per_connection

    def __enter__(self) -> Self:
        """Begin; nothing is opened yet."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Say goodbye to the server, if one was spoken to."""
        self._leave()

    def send(self, message: Message) -> Sent:
        """Hand over one message; each address gets its own answer.

        Raises:
            Temporary: the server cannot be reached or broke off; whether it took the message is unknown.
            Permanent: the server will never take anything from us (login, TLS, sender, relaying).
            Unusable: the message has no proper Message-ID.
        """
        if self._carried >= self._most:
            self._leave()
        before = self._carried
        with self._watched():
            try:
                sent = self._send(message)
            except _HungUp:
                if not before:
                    raise
                self._drop()
            else:
                if not before or not _is_of_the_connection(sent):
                    return sent
                self._leave()
            self._most = max(min(self._most, before), _FEWEST)
            return self._send(message)

    def _send(self, message: Message) -> Sent:
        addresses, refused = _sorted_out(message.to, utf8=self._connected().has_extn("smtputf8"))
        if not addresses:
            return Sent(refused=refused)
        mail = compose(message, self._sender, tuple(addresses.values()), self._clock.now())
        dsn = bool(message.ref) and self._connected().has_extn("dsn")
        envelope = Envelope(self._sender_of(message.ref), _options(addresses, message.ref if dsn else ""), dsn)
        too_much = self._begin(envelope)
        if too_much is not None:
            said, at_mail = dict.fromkeys(addresses, too_much), dict.fromkeys(addresses, Stage.MAIL)
            if too_much.startswith("5"):
                return Sent(refused={**refused, **said}, stages=at_mail)
            return Sent(refused=refused, deferred=said, stages=at_mail)
        self._carried += 1
        return self._transfer(mail, addresses, refused, dsn=dsn)

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp, self._carried = connect(self._server), 0
        return self._smtp

    def _begin(self, envelope: Envelope) -> str | None:
        """Name the sender; if the server hung up since the letter before, once more on a new connection.

        Returns what it has against this letter, or why not now, in its words; None when it is willing.

        Raises:
            Permanent: it takes nothing from this sender.
        """
        answer = self._name_sender(envelope)
        if answer is None and self._carried:
            self._most = max(min(self._most, self._carried), _FEWEST)
            self._drop()
            answer = self._name_sender(envelope)
        if answer is None:
            raise Temporary(f"{self._server} closes the connection")
        code, text = answer
        if code == _OK:
            return None
        about = scope_of(ServerAnswer(Stage.MAIL, code, text.decode("utf-8", "replace")))
        if code >= _FOR_GOOD and about is AnswerScope.US:
            raise Permanent(f"{self._server} does not take letters from {envelope.sender}: {says(code, text)}")
        return says(code, text)

    def _name_sender(self, envelope: Envelope) -> tuple[int, bytes] | None:
        """Return the server's answer, or None when it is closing the connection."""
        try:
            code, text = self._connected().mail(envelope.sender, envelope.options)
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            return None
        return None if code == _CLOSING else (code, text)

    def _transfer(
        self, mail: EmailMessage, addresses: Mapping[str, Address], refused: dict[str, str], *, dsn: bool
    ) -> Sent:
        willing, deferred = [], {}
        for name, address in addresses.items():
            code, text = self._name_recipient(address, dsn=dsn)
            if code in (_OK, _FORWARDED):
                willing.append(name)
            elif code < _FOR_GOOD or code == _TOO_MANY:
                deferred[name] = says(code, text)
            else:
                refused[name] = says(code, text)
        if not willing:
            self._connected().rset()
            return Sent((), refused, deferred)
        return self._give(mail, willing, refused, deferred)

    def _name_recipient(self, address: Address, *, dsn: bool) -> tuple[int, bytes]:
        try:
            code, text = self._connected().rcpt(address.addr_spec, _report_on(address) if dsn else ())
        except (smtplib.SMTPServerDisconnected, ConnectionError) as gone:
            raise _HungUp(f"{self._server} broke off: {gone}") from gone
        if code == _CLOSING:
            raise _HungUp(f"{self._server} closes the connection: {says(code, text)}")
        return code, text

    def _give(self, mail: EmailMessage, willing: list[str], refused: dict[str, str], deferred: dict[str, str]) -> Sent:
        """Send the letter itself; one answer then holds for all who were willing."""
        try:
            code, text = self._connected().data(_client(mail))
        except smtplib.SMTPDataError as not_now:
            code, text = not_now.smtp_code, _bytes(not_now.smtp_error)
        self._still_talking(code, text)
        if code == _OK:
            return Sent(tuple(willing), refused, deferred)
        self._connected().rset()
        answers = refused if code >= _FOR_GOOD else deferred
        answers.update(dict.fromkeys(willing, says(code, text)))
        return Sent((), refused, deferred, dict.fromkeys(willing, Stage.DOT))

    def _still_talking(self, code: int, text: bytes) -> None:
        if code == _CLOSING:
            raise Temporary(f"{self._server} closes the connection: {says(code, text)}")

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Give up a connection on which anything went wrong: nobody knows what it would answer to next."""
        try:
            yield
        except (Temporary, Permanent):
            self._drop()
            raise
        except smtplib.SMTPResponseException as odd:
            self._drop()
            words = says(odd.smtp_code, _bytes(odd.smtp_error))
            raise Temporary(f"{self._server} gave an answer out of order: {words}") from odd
        except OSError as broken:  # SMTPException is one too
            self._drop()
            raise Temporary(f"{self._server} broke off: {broken}") from broken

    def _leave(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.quit()
            smtp.close()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _is_of_the_connection(sent: Sent) -> bool:
    """Whether all that is said is that too much went over this connection; over another one it may be taken."""
    words = (*sent.refused.values(), *sent.deferred.values())
    return not sent.accepted and bool(words) and all(map(_TOO_MUCH_HERE.search, words))


def _sorted_out(to: Sequence[str], *, utf8: bool) -> tuple[dict[str, Address], dict[str, str]]:
    """Part the addresses that this server can be given from the others, with the reason."""
    good: dict[str, Address] = {}
    bad: dict[str, str] = {}
    for text in to:
        try:
            address = address_of(text)
        except Refused as wrong:
            bad[text] = str(wrong)
            continue
        if utf8 or address.addr_spec.isascii():
            good[text] = address
        else:
            bad[text] = _NO_SMTPUTF8
    return good, bad


@dataclass(frozen=True)
class Envelope:
    """Who a letter comes from, as the server is told, and what is asked for; `dsn`: with reports (RFC 3461)."""

    sender: str
    options: Sequence[str]
    dsn: bool


def _options(addresses: Mapping[str, Address], ref: str) -> tuple[str, ...]:
    ascii_only = all(address.addr_spec.isascii() for address in addresses.values())
    reports = (f"RET=HDRS ENVID={ref}",) if ref else ()
    return reports if ascii_only else ("SMTPUTF8", "BODY=8BITMIME", *reports)


def _report_on(address: Address) -> tuple[str, ...]:
    """Ask to be told of failure and delay, with the address as it was given here (RFC 3461 sections 4.1 and 4.2)."""
    asked = "NOTIFY=FAILURE,DELAY"
    if not address.addr_spec.isascii():
        return (asked,)
    written = "".join(c if "!" <= c <= "~" and c not in "+=" else f"+{ord(c):02X}" for c in address.addr_spec)
    return (asked, f"ORCPT=rfc822;{written}")


def _client(mail: EmailMessage) -> bytes:
    """Make the bytes; headers stay plain ASCII unless an address cannot be written like that."""
    beyond = not all(address.addr_spec.isascii() for address in mail["To"].addresses)
    return mail.as_bytes(policy=WIRE_UTF8 if beyond else WIRE)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
