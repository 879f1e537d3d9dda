"""What one sweep did, counted as it happens, from several threads."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

from reaper.gates import Gate
from reaper.model import Tenant


@dataclass
class Tally:
    """Counts by word, with a line for each tenant that something happened to."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[str, str, str]] = field(default_factory=list)  # (word, tenant, what)
    gates: list[Gate] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, word: str, tenant: Tenant, text: str = "") -> None:
        """Count one tenant under a word."""
        self.note(word, tenant.full_name, text)

    def note(self, word: str, name: str, text: str) -> None:
        """Count something that concerns no single tenant, such as a cloud."""
        with self._lock:
            self.counts[word] += 1
            self.lines.append((word, name, text))
