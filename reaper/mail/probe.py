"""Asks the mail server step by step what it says to us; a letter is given to it only when one is handed in."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reaper.errors import Permanent, Temporary
from reaper.letters.answer_scope import ServerAnswer, Stage, scope_of
from reaper.mail.connect import Security, SmtpServer, in_words, open_connection, password_of, says, trusted
from reaper.mail.message import address_of, sender_from

_YES = range(200, 400)


@dataclass(frozen=True)
class ProbeStep:
    """One step of the conversation: what was said at it, whether that is a yes, and what a no is about."""

    step: str
    fine: bool
    said: str
    about: str = ""


def probe(server: SmtpServer, sender: str, address: str, mail: bytes | None = None) -> Iterator[ProbeStep]:
    """Go through a conversation up to RCPT, or to the end of `mail`; it ends at the first no.

    Raises:
        Unusable, Refused: the sender or the address is none.
    """
    to, come_from = address_of(address).addr_spec, sender_from(sender).addr_spec
    first = f"connect to {server.host}:{server.port}"
    try:
        with in_words(server):
            smtp = open_connection(server)
    except (Temporary, Permanent) as broken:
        yield ProbeStep(first, fine=False, said=str(broken), about="us")
        return
    yield ProbeStep(first, fine=True, said="it answers")
    try:
        for stage, name, ask in _conversation(smtp, server, come_from, to, mail):
            step = _asked(server, stage, name, ask, to)
            yield step
            if not step.fine:
                return
    finally:
        smtp.close()


_Ask = Callable[[], tuple[int, bytes]]


def _conversation(
    smtp: smtplib.SMTP, server: SmtpServer, sender: str, to: str, mail: bytes | None
) -> Iterator[tuple[Stage, str, _Ask]]:
    greeting = f"EHLO {smtp.local_hostname}"
    yield Stage.EHLO, greeting, smtp.ehlo
    if server.security is Security.STARTTLS:
        yield Stage.STARTTLS, "STARTTLS", lambda: smtp.starttls(context=trusted(server))
        yield Stage.EHLO, greeting, smtp.ehlo
    if server.username:
        user = server.username
        yield Stage.AUTH, f"AUTH as {user}", lambda: smtp.login(user, password_of(server))
    yield Stage.MAIL, f"MAIL FROM:<{sender}>", lambda: smtp.mail(sender)
    yield Stage.RCPT, f"RCPT TO:<{to}>", lambda: smtp.rcpt(to)
    if mail is not None:
        yield Stage.DOT, "DATA and the letter", lambda: smtp.data(mail)
    yield Stage.CONNECT, "QUIT", smtp.quit


def _asked(server: SmtpServer, stage: Stage, name: str, ask: _Ask, to: str) -> ProbeStep:
    try:
        with in_words(server):
            code, text = ask()
    except smtplib.SMTPDataError as no:
        code, text = no.smtp_code, no.smtp_error if isinstance(no.smtp_error, bytes) else no.smtp_error.encode()
    except (Temporary, Permanent) as broken:
        return ProbeStep(name, fine=False, said=str(broken), about="us")
    words = text.decode("utf-8", "replace")
    if code in _YES:
        return ProbeStep(name, fine=True, said=says(code, text))
    return ProbeStep(name, fine=False, said=says(code, text), about=str(scope_of(ServerAnswer(stage, code, words, to))))
