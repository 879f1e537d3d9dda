"""Which kinds a region turned out not to have, so that they are not asked for again and again."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Capabilities:
    """What a session has learned; until it is told to forget, which every census does: a service may be added."""

    def __init__(self) -> None:
        self._kinds: set[tuple[str, str]] = set()
        self._extensions: dict[str, frozenset[str]] = {}
        self._offered: set[tuple[str, str]] = set()
        self._lock = Lock()

    def forget(self) -> None:
        """Know nothing any more."""
        with self._lock:
            self._kinds.clear()
            self._extensions.clear()

    def forget_services(self) -> None:
        """Take the catalog as it is now for the measure."""
        with self._lock:
            self._offered.clear()

    def vanished(self, service: str, region: str, *, offered: bool) -> bool:
        """Tell whether a service that is not offered was so before: then what it holds is not gone with it."""
        with self._lock:
            if offered:
                self._offered.add((service, region))
            return not offered and (service, region) in self._offered

    def note(self, kind: str, region: str) -> None:
        """Remember that a region has no such kind."""
        with self._lock:
            self._kinds.add((kind, region))

    def knows(self, kind: str, region: str) -> bool:
        """Tell whether a region is known to have no such kind."""
        return (kind, region) in self._kinds

    def extensions(self, region: str, read: Callable[[], frozenset[str]]) -> frozenset[str]:
        """Return Neutron's extensions in a region, read once; an empty answer is no answer and is not kept."""
        with self._lock:
            if region not in self._extensions and (found := read()):
                self._extensions[region] = found
            return self._extensions.get(region, frozenset())
