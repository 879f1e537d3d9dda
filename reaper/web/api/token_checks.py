"""How many tokens are shown to Keystone at once, so that a slow Keystone never takes the page's threads along."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

#: Of the web server's eight threads, how many may wait for Keystone; the others answer pages whatever Keystone does.
AT_ONCE = 3
#: How many of these for addresses that came with many wrong tokens.
OF_SUSPECTS = 1
#: How long a token that was right lets its holder pass as known, and one that was wrong is not asked about again.
GOOD_FOR, WRONG_FOR = timedelta(minutes=10), timedelta(seconds=10)
#: So many tokens of each sort are remembered, by their hash, the latest ones.
REMEMBERED = 10_000


class TokenChecks:
    """Places for questions to Keystone about tokens. A wrong token never shuts a right one out.

    Many wrong tokens from one address narrow what unknown tokens from there get, not what known ones get: behind a
    proxy that is not named in the settings everybody has the same address.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with all places free."""
        self._now = now
        self._lock = threading.Lock()
        self._busy = 0
        self._busy_of_suspects = 0
        self._good: OrderedDict[bytes, datetime] = OrderedDict()
        self._wrong: OrderedDict[bytes, datetime] = OrderedDict()

    @contextmanager
    def place(self, token: str, *, suspect: bool) -> Iterator[bool]:
        """Hold a place for one question; False: all are taken, ask nothing and say so at once."""
        suspect = suspect and not self._within(self._good, token, GOOD_FOR)
        with self._lock:
            free = self._busy < AT_ONCE and not (suspect and self._busy_of_suspects >= OF_SUSPECTS)
            self._busy += free
            self._busy_of_suspects += free and suspect
        try:
            yield free
        finally:
            with self._lock:
                self._busy -= free
                self._busy_of_suspects -= free and suspect

    def is_wrong(self, token: str) -> bool:
        """Whether Keystone has just said that it does not know this very token."""
        return self._within(self._wrong, token, WRONG_FOR)

    def note(self, token: str, *, right: bool) -> None:
        """Remember what Keystone said."""
        kept, other = (self._good, self._wrong) if right else (self._wrong, self._good)
        with self._lock:
            other.pop(_key(token), None)
            kept.pop(_key(token), None)
            kept[_key(token)] = self._now()
            if len(kept) > REMEMBERED:
                kept.popitem(last=False)

    def _within(self, kept: OrderedDict[bytes, datetime], token: str, span: timedelta) -> bool:
        with self._lock:
            at = kept.get(_key(token))
        return at is not None and timedelta(0) <= self._now() - at < span


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
