"""Takes what comes back by LMTP (RFC 2033): a small listener for the relay on the same machine, off by default."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from reaper.errors import Temporary, Unusable
from reaper.mail.listener import Listener

#: Reports are small: they quote the head of a letter, some the whole. What is longer is refused for good.
LARGEST = 4_000_000
#: A report comes for one address; more than a few are no report.
MOST_ADDRESSES = 20
#: A relay opens a few connections; more than these are told to come back.
MOST_CONNECTIONS = 50
#: Lines as other programs write them, not as RFC 5321 would have them; longer ones are refused.
_LONGEST_LINE = 65_536
_SILENCE = 60.0  # seconds after which a connection that says nothing is closed
_LATER = "451 4.3.0 not now, try again later"
_NOBODY = "550 5.1.1 no letter of ours has this address to come back to"
_TOO_MANY = "452 4.5.3 too many addresses at once"
_FULL = b"421 4.3.2 too many connections, try again later\r\n"


class _Conversation(LMTP):  # type: ignore[misc] # aiosmtpd has no types
    """One connection. After the data there is an answer for each address that was taken (RFC 2033 section 4.2)."""

    line_length_limit = _LONGEST_LINE
    _addresses = 0
    _answering = False

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Read the data, remembering for how many addresses it is."""
        self._addresses = len(self.envelope.rcpt_tos) if self.envelope else 0
        try:
            await super().smtp_DATA(arg)
        finally:
            self._answering = False

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another one."""
        self.event_handler.talking.discard(self)
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        """Answer; what holds for the data as a whole is said once for each address."""
        if self._answering and isinstance(status, str) and "\r\n" not in status:
            status = "\r\n".join([status] * self._addresses)
        await super().push(status)
        self._answering = self._answering or str(status).startswith("354")


class _Full(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and hang up."""
        cast("asyncio.WriteTransport", transport).write(_FULL)
        transport.close()


class BounceListener:
    """Listens at `host:port` or at the path of a Unix socket, and hands over each report with the address it was for.

    `expects` says whether a letter may come back to an address; nothing else is let in. `take_back` says what a report
    came to; it is called for one report at a time, in a thread of the listener. While it cannot (any error), the relay
    is told to keep the report: nothing is lost, and one report never stops the next.
    """

    def __init__(
        self,
        listen: str,
        *,
        expects: Callable[[str], bool],
        take_back: Callable[[bytes, Sequence[str]], str],
        tell: Callable[[Exception], None] = lambda _error: None,
    ) -> None:
        """Keep what is needed; `tell` hears of errors that are no passing ones of the ledger."""
        self._listen = listen
        self._expects = expects
        self._take_back = take_back
        self._tell = tell
        self._listener = Listener(listen, self._converse)
        self.talking: set[_Conversation] = set()  # belongs to the listener's own thread

    def start(self) -> None:
        """Begin to listen.

        Raises:
            Unusable: the address or path is taken, or is not one.
        """
        try:
            self._listener.start()
        except OSError as error:
            raise Unusable(f"bounces cannot be taken at {self._listen!r}: {error}; give a free one") from error
        if self._listen.startswith("/"):  # the relay is another user; who may enter the folder decides
            Path(self._listen).chmod(0o666)

    def stop(self) -> None:
        """Listen no more. What is under way is cut off, and the relay brings it again."""
        self._listener.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: LMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Let in only what a letter may come back to."""
        if not self._expects(address):
            return _NOBODY
        if len(envelope.rcpt_tos) >= MOST_ADDRESSES:
            return _TOO_MANY
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, _server: LMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """Read the report for each address."""
        content = envelope.original_content or b""
        return "\r\n".join(self._answer(content, address) for address in envelope.rcpt_tos)

    async def handle_exception(self, error: Exception) -> str:
        """Answer what nobody foresaw; the connection goes on."""
        self._tell(error)
        return _LATER

    def _answer(self, content: bytes, address: str) -> str:
        try:
            return f"250 2.0.0 {self._take_back(content, [address])}"
        except Temporary:
            return _LATER
        except Exception as error:  # noqa: BLE001 - one report never stops the next
            self._tell(error)
            return _LATER

    def _converse(self) -> asyncio.Protocol:
        """Begin a conversation. Nobody logs in, and the name in the greeting says nothing of the machine."""
        if len(self.talking) >= MOST_CONNECTIONS:
            return _Full()
        made = _Conversation(
            self,
            data_size_limit=LARGEST,
            hostname="reaper",
            ident="reaper",
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            timeout=_SILENCE,
            enable_SMTPUTF8=True,
            loop=asyncio.get_running_loop(),
        )
        self.talking.add(made)
        return made
