"""One mail address: the form in which addresses are compared, and how to find several in what somebody has written."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator

#: `Ann Miller <ann@example.org>`; a name that is not in quotes is made of words without an @.
_NAMED = re.compile(
    r"(\"[^\"]*\"|(?:(?<![^\s,;])[^<>,;\"@\s]+\s*)*)\s*<\s*(?:mailto:)?([^<>\s@]+@[^<>\s@]+)\s*>", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LONGEST = 4_000


def same_address(address: str) -> str:
    """Return the form in which addresses are compared: in any case, with the domain in letters, not in punycode."""
    local, _, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    domain = domain.strip(".")
    if "xn--" in domain.lower():
        with contextlib.suppress(UnicodeError):
            domain = domain.lower().encode("ascii").decode("idna")
    return unicodedata.normalize("NFC", f"{local}@{domain}".casefold())


def addresses_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of each that a text names, each once; the name is empty where none stands.

    Takes `Ann <ann@example.org>`, quoted names with a comma in them, `mailto:`, and lists by comma, semicolon or space.
    """
    text = text[:_LONGEST]
    found = [(match.start(), match[1].strip().strip('"').strip(), match[2]) for match in _NAMED.finditer(text)]
    rest = _NAMED.sub(lambda match: " " * len(match[0]), text)
    for match in re.finditer(r"[^,;\s]+", rest):
        word = match[0].strip("<>()[]\"'").removeprefix("mailto:").removeprefix("MAILTO:")
        if _ADDRESS.fullmatch(word):
            found.append((match.start(), "", word))
    seen = set()
    for _, name, address in sorted(found):
        if same_address(address) not in seen:
            seen.add(same_address(address))
            yield name, address


def only_addresses(text: str) -> bool:
    """Whether a text holds addresses, with or without names before them, and nothing else."""
    rest = _NAMED.sub(",", text[:_LONGEST])
    words = re.findall(r"[^,;\s]+", rest)
    return "\n" not in text.strip() and all(_ADDRESS.fullmatch(word.removeprefix("mailto:")) for word in words)
