"""Letters per second to one mail server on loopback: many over a connection, against a connection for each letter.

Run: `python -m benchmarks.letters [LETTERS]`; 20,000 unless told otherwise. Each letter is composed and handed over in
full, with its entry for calendars; the server is a process of its own and throws away what it takes.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from reaper.clock import HandClock
from reaper.letters import Appointment
from reaper.mail import LetterRenderer, SmtpPostman, SmtpServer
from reaper.mail.listener import Listener
from reaper.mail.preview import made_up
from reaper.paths import share
from reaper.ports import Message

NOW = datetime(2031, 11, 28, 9, 7, tzinfo=UTC)
MANY, LOOKS, FEW_EACH = 20_000, 10, 10


def serve(port: int, ready: multiprocessing.synchronize.Event, over: multiprocessing.synchronize.Event) -> None:
    listener = Listener(f"127.0.0.1:{port}", lambda: SMTP(Sink(), enable_SMTPUTF8=True))
    listener.start()
    ready.set()
    over.wait()
    listener.stop()


@contextmanager
def mail_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    ready, over = multiprocessing.Event(), multiprocessing.Event()
    server = multiprocessing.Process(target=serve, args=(port, ready, over))
    server.start()
    try:
        assert ready.wait(60)
        yield port
    finally:
        over.set()
        server.join(60)


def letter(number: int, parts: tuple[str, str, str]) -> Message:
    subject, text, html = parts
    end = NOW + timedelta(days=3)
    entry = Appointment(f"lease-{number}@reaper.example", number, end, NOW, subject, "See where it stands.")
    message_id, to = f"<{number}@reaper.example>", (f"user-{number}@mail.example",)
    return Message(message_id, to, subject, text, html, "en", ref=f"{number:032x}", appointments=(entry,))


def resident() -> int:
    """Return what this process holds in memory now, in KiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def carry(port: int, count: int, per_connection: int, parts: tuple[str, str, str]) -> tuple[float, list[int]]:
    """Hand letters over; returns seconds, and memory after each tenth of them."""
    settings = SmtpServer("127.0.0.1", port, letters_per_connection=per_connection)
    memory, began = [], time.perf_counter()
    with SmtpPostman(settings, "Reaper <reaper@reaper.example>", HandClock(NOW)) as postman:
        for number in range(count):
            sent = postman.send(letter(number, parts))
            assert sent.accepted, sent
            if (number + 1) % max(1, count // LOOKS) == 0:
                memory.append(resident())
    return time.perf_counter() - began, memory


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    parts = made_up(LetterRenderer(share("notify")), "warning", "en", None)
    with mail_server() as port:
        few = max(1, count // FEW_EACH)
        alone, _ = carry(port, few, 1, parts)
        together, memory = carry(port, count, 100, parts)
        again, _ = carry(port, few, 1, parts)
    single, many = 2 * few / (alone + again), count / together
    print(
        json.dumps(
            {
                "letters": count,
                "per_second": round(many),
                "per_second_one_connection_each": round(single),
                "ratio": round(many / single, 2),
                "memory_kib": memory,
            }
        )
    )


if __name__ == "__main__":
    main()
