"""What `flufl.bounce`, Mailman's library, makes of a message: a second reader for formats that ours does not name."""

from __future__ import annotations

from email.message import Message

from flufl.bounce import all_failures


def named_by_library(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the addresses that still wait and those that failed, as the library reads them; none if it stumbles."""
    try:
        delayed, failed = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors let odd messages raise anything; then it has read nothing
        return (), ()
    return _sorted(delayed), _sorted(failed)


def _sorted(addresses: frozenset[bytes]) -> tuple[str, ...]:
    return tuple(sorted(text for octets in addresses if "@" in (text := octets.decode("ascii", "replace"))))
