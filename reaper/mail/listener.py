"""A mail server in one thread: conversations of aiosmtpd at a port or a Unix socket, and nothing left behind.

aiosmtpd's own controllers make an event loop (two sockets) when they are constructed and close it only at the end of a
start that succeeded. Here the loop exists in the thread alone, from its first line to its last.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

#: How long `stop` waits for the answer that is being worked out; one that hangs is left behind in its thread.
_GRACE = 20.0


class Listener:
    """Listens at `host:port` (port 0: a free one, which `port` tells) or at the path of a Unix socket.

    `conversation` makes the asyncio protocol of one connection, an `aiosmtpd.smtp.SMTP` for instance; it is called in
    the listener's thread, inside its running loop. `ssl_context` makes it TLS from the first byte on.
    """

    def __init__(
        self, listen: str, conversation: Callable[[], asyncio.Protocol], ssl_context: ssl.SSLContext | None = None
    ) -> None:
        """Keep what is needed; nothing is opened before `start`."""
        self._listen = listen
        self._conversation = conversation
        self._ssl = ssl_context
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked_to_stop: asyncio.Event | None = None
        self.port = 0

    def start(self) -> None:
        """Begin to listen, and return when connections are taken.

        Raises:
            OSError: the address or path is taken, or is not one. Then nothing is left open.
        """
        begun: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(begun,), name=f"listen {self._listen}", daemon=True)
        self._thread.start()
        try:
            self.port = begun.result()
        except OSError:
            self._thread.join()
            self._thread = None
            raise

    def stop(self) -> None:
        """Listen no more and cut off what is under way; may be called again, and before `start`."""
        thread, self._thread = self._thread, None
        if thread is not None and self._loop is not None and self._asked_to_stop is not None:
            self._loop.call_soon_threadsafe(self._asked_to_stop.set)
            thread.join(_GRACE)
            if self._listen.startswith("/"):
                Path(self._listen).unlink(missing_ok=True)

    def _run(self, begun: Future[int]) -> None:
        asyncio.run(self._serve(begun))

    async def _serve(self, begun: Future[int]) -> None:
        self._loop, self._asked_to_stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            server = await self._open(self._loop)
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
            begun.set_exception(error)
            return
        name = server.sockets[0].getsockname()
        begun.set_result(int(name[1]) if isinstance(name, tuple) else 0)
        await self._asked_to_stop.wait()
        # What is under way is cancelled by asyncio.run, and each conversation then closes its connection.
        server.close()

    async def _open(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        if self._listen.startswith("/"):
            return await loop.create_unix_server(self._conversation, self._listen, ssl=self._ssl)
        host, _, port = self._listen.rpartition(":")
        return await loop.create_server(self._conversation, host.strip("[]"), int(port), ssl=self._ssl)
