"""Opens one connection to the mail server: TLS, EHLO and login, with each failure in one clear sentence."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reaper.errors import Permanent, Temporary

#: The server wants to know us first (530, 538) or does not believe us (534, 535): RFC 4954 section 6.
_NOT_LET_IN = (530, 534, 535, 538)
#: Never said to a server: it stands for our address until that is known.
_NO_NAME = "[0.0.0.0]"
_DROPPED_IN_HANDSHAKE = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Security(StrEnum):
    """How the connection is protected; with `starttls` and `tls` nothing is ever sent in the clear instead."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True)
class SmtpServer:
    """The relay that takes our letters. `timeout` is in seconds and holds for each answer, the one to the data too.

    `ca_file` names certificates to trust instead of the system's. `letters_per_connection` is when a connection is
    given up for a new one, since relays dislike endless ones. `ehlo_name` is what we greet with, else the host's name.
    """

    host: str = "localhost"
    port: int = 25
    security: Security = Security.NONE
    username: str | None = None
    password_file: Path | None = None
    timeout: float = 30.0
    ehlo_name: str | None = None
    ca_file: Path | None = None
    letters_per_connection: int = 100

    def __str__(self) -> str:
        """Render as it stands in sentences."""
        return f"the mail server {self.host}:{self.port}"


def connect(server: SmtpServer) -> smtplib.SMTP:
    """Open a connection, protect it and log in.

    Raises:
        Temporary: the server cannot be reached, breaks off, or says later.
        Permanent: TLS or the login will never work like this.
    """
    with in_words(server):
        smtp = open_connection(server)
        try:
            _introduce(smtp, server)
        except BaseException:
            smtp.close()
            raise
    return smtp


def says(code: int, text: bytes) -> str:
    """Quote the server in one line of sane length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text.decode("utf-8", "replace")).split())
    return f"{code} {line}"[:300].strip()


def helo_name() -> str | None:
    """Return this host's fully qualified name; None when it has none, or is called localhost."""
    name = socket.getfqdn().rstrip(".").casefold()
    local = name.split(".", maxsplit=1)[0] == "localhost" or name.endswith((".localhost", ".localdomain", ".arpa"))
    return name if "." in name and not local and not name.replace(".", "").isdigit() else None


def open_connection(server: SmtpServer) -> smtplib.SMTP:
    """Connect, and decide under which name we greet: the one that is set, the host's own, or its address.

    RFC 5321 4.1.4 has a host without a name give its address; servers refuse unqualified names.
    """
    name = server.ehlo_name or helo_name() or _NO_NAME
    smtp: smtplib.SMTP
    if server.security is Security.TLS:
        smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=server.timeout, context=trusted(server))
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.timeout)
    if name == _NO_NAME and smtp.sock is not None:
        own = smtp.sock.getsockname()[0]
        smtp.local_hostname = f"[IPv6:{own}]" if ":" in own else f"[{own}]"
    return smtp


def _introduce(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.security is Security.STARTTLS:
        smtp.starttls(context=trusted(server))
        smtp.ehlo_or_helo_if_needed()
    if server.username:
        smtp.login(server.username, password_of(server))


def trusted(server: SmtpServer) -> ssl.SSLContext:
    """Make a context that trusts what the settings say. Raises Permanent."""
    try:
        return ssl.create_default_context(cafile=server.ca_file)
    except (OSError, ssl.SSLError) as unreadable:
        raise Permanent(f"the certificates to trust in {server.ca_file} cannot be read: {unreadable}") from unreadable


def password_of(server: SmtpServer) -> str:
    """Read the password. Raises Permanent."""
    if server.password_file is None:
        raise Permanent("mail.username is set but mail.password_file is not: name the file that holds the password")
    try:
        return server.password_file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise Permanent(f"mail.password_file {server.password_file} cannot be read: {unreadable}") from unreadable


@contextlib.contextmanager
def in_words(server: SmtpServer) -> Iterator[None]:
    """Say what goes wrong within in one sentence, as Temporary or Permanent."""
    try:
        yield
    except ssl.SSLCertVerificationError as wrong:
        raise Permanent(f"{server} shows a certificate that is not trusted: {wrong.verify_message}") from wrong
    except _DROPPED_IN_HANDSHAKE as dropped:
        raise Temporary(f"{server} broke off: {dropped}") from dropped
    except ssl.SSLError as wrong:
        raise Permanent(f"{server} does not speak TLS as mail.security says ({server.security}): {wrong}") from wrong
    except smtplib.SMTPNotSupportedError as lacking:
        what = "a login" if server.username and "auth" in str(lacking).lower() else "STARTTLS"
        raise Permanent(f"{server} does not offer {what}, which the mail settings ask for") from lacking
    except smtplib.SMTPResponseException as answer:
        raise _refusal(server, answer) from answer
    except OSError as failed:  # refused, timed out, no such host, broken off; SMTPException is one too
        raise Temporary(f"{server} cannot be reached: {failed}") from failed


def _refusal(server: SmtpServer, answer: smtplib.SMTPResponseException) -> Permanent | Temporary:
    text = answer.smtp_error if isinstance(answer.smtp_error, bytes) else str(answer.smtp_error).encode()
    words = says(answer.smtp_code, text)
    if isinstance(answer, smtplib.SMTPAuthenticationError) and answer.smtp_code >= 500:  # noqa: PLR2004 - RFC 5321: for good
        return Permanent(f"{server} does not accept the login {server.username!r}: {words}")
    greeted = isinstance(answer, smtplib.SMTPHeloError) and answer.smtp_code >= 500  # noqa: PLR2004 - RFC 5321: for good
    if answer.smtp_code in _NOT_LET_IN or greeted:
        return Permanent(f"{server} will not talk to us: {words}")
    return Temporary(f"{server} will not talk to us now: {words}")
