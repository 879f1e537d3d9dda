"""Mail addresses as reports write them: found in text and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reaper.letters.addresses import same_address

#: An ASCII address, also where no space stands around it, as in Chinese or Japanese text.
PLAIN = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~.'\-]{1,128}@[A-Za-z0-9][A-Za-z0-9\-_]{0,62}(?:\.[A-Za-z0-9\-_]{1,63}){0,10}"
_PLAIN = re.compile(PLAIN)
#: An address with letters beyond ASCII (RFC 6531), which only brackets or spaces tell from the text around it.
_WIDE = re.compile(r"(?:(?<=[<;\s])|^)([^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+\.[^\s<>()\[\],;:\"@.]+)(?=[>\s]|$|:)")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_UNITEXT = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_LAST = 0x10FFFF
_IDEOGRAMS = 0x1100


def in_text(text: str) -> Iterator[tuple[str, int]]:
    """Yield the addresses that stand in a text, with the place where each begins."""
    plain = []
    for match in _PLAIN.finditer(text):
        if match.start() and _goes_on(text[match.start() - 1]):
            continue  # the end of an address with letters beyond ASCII
        plain.append(range(match.start(), match.end()))
        shift = len(match[0]) - len(match[0].lstrip("'`=*.-/|"))
        found = tidied(match[0])
        if "." in found.rpartition("@")[2] and found.rpartition("@")[0]:
            yield found, match.start() + shift
    for match in _WIDE.finditer(text):
        at = match.start(1) + match[1].index("@")
        if not match[1].isascii() and not any(at in taken for taken in plain):
            yield match[1], match.start(1)


def _goes_on(before: str) -> bool:
    """Whether a letter belongs to the word that follows it; those of China, Japan and Korea may stand beside one."""
    return before.isalpha() and not before.isascii() and ord(before) < _IDEOGRAMS


def tidied(address: str) -> str:
    """Take off what a text puts around an address: quotes, stars, a full stop at its end."""
    local, _, domain = address.strip().strip("<>").strip().strip("'`\"*").rpartition("@")
    local = local.lstrip("=.-/|'`*").removeprefix("SMTP=").removeprefix("mailto:")
    return f"{local}@{domain.rstrip('.-_')}" if domain else address.strip()


def of_field(value: str) -> list[str]:
    """Read `rfc822; ann@example.org` (RFC 3464), `utf-8; ...` (RFC 6533), and what others write instead.

    An address that may be encoded is given both ways (RFC 3461 section 4, RFC 6533 section 3), the likelier first:
    `+2B` can be a plus sign, or what somebody called their folder.
    """
    kind, semicolon, rest = value.partition(";")
    text = (rest if semicolon and "@" not in kind else value).strip().strip('"').strip()
    bracketed = re.search(r"<([^<>]+)>", text)
    text = (bracketed[1] if bracketed else re.sub(r"\s*\([^()]*\)\s*$", "", text)).strip().strip("<>\"'")
    text = re.sub(r"^(?:@[^:,@]+[:,])+|^(?:smtp|mailto|rfc822|utf-8)\s*[:;]\s*", "", text, flags=re.IGNORECASE)
    if not text or text.lower() in {"unknown", "unavailable", "undisclosed-recipients:"}:
        return []
    decoded = _XTEXT.sub(lambda found: chr(int(found[1], 16)), text)
    sound = decoded.isprintable() and " " not in decoded
    readings = [_from_unitext(decoded if sound else text), _from_unitext(text), text]
    return list(dict.fromkeys(readings))


def _from_unitext(text: str) -> str:
    return _UNITEXT.sub(lambda found: chr(int(found[1], 16)) if int(found[1], 16) <= _LAST else found[0], text)


def stands_in(address: str, text: str) -> bool:
    """Whether a text, in the form that is compared, names this address and not merely one that ends or begins so."""
    wanted = re.escape(same_address(address))
    return re.search(rf"(?<![a-z0-9._+%\-]){wanted}(?![a-z0-9\-_]|\.[a-z0-9])", text) is not None
