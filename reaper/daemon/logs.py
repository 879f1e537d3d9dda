"""Log lines: one event each, with a stable `action`, as text for people or JSON for machines, on standard error."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from reaper.printable import printable

T = TypeVar("T", bound=Hashable)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return where a module logs: an event, its `action`, and whatever else is known, as keywords."""
    made: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return made


def set_up_logs(style: str, level: str) -> None:
    """Send structlog and the standard library's logs to standard error; `style` is text or json."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if style == "json"
        else [_without_control, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("waitress", "keystoneauth", "urllib3", "stevedore", "openstack", "alembic", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Each question that is asked once more would be a line; what came of it is told with the tenant it is about.
    logging.getLogger("keystoneauth.session").setLevel(logging.ERROR)
    # A pass that takes longer than its interval is folded into the next run; that is meant, and no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _without_control(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write what a terminal would act on by its number: names in a log are strangers' choice."""
    return {key: printable(value) if isinstance(value, str) else value for key, value in event.items()}


class Repeats(Generic[T]):
    """Tells what is worth a line from what every pass says again: the first time, then once a day while it lasts."""

    DAY = 86_400.0

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Know of nothing yet; the clock gives seconds that never go back."""
        self._monotonic = monotonic
        self._said_at: dict[T, float] = {}

    def of(self, said: Iterable[T]) -> set[T]:
        """Take all that holds now; returns what to say. What holds no longer is forgotten, and news when it is back."""
        now, holds = self._monotonic(), set(said)
        self._said_at = {one: at for one, at in self._said_at.items() if one in holds}
        news = {one for one in holds if one not in self._said_at or now - self._said_at[one] >= self.DAY}
        self._said_at |= dict.fromkeys(news, now)
        return news
