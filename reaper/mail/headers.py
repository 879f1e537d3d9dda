"""Headers as they go over the wire: encoded and folded here, since the standard library's way changes some of them.

What Python 3.11 does: of a subject in mixed scripts one in several arrives with a space more or less, encoded words
stand glued together, and a Message-ID that is long becomes an encoded word, which tears conversations apart.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.headerregistry import Address
from email.policy import EmailPolicy

#: RFC 5322 2.1.1 and RFC 2047 2: lines should be so long at most, lines with encoded words, and one such word.
LINE, ENCODED_LINE, ENCODED_WORD = 78, 76, 75
_HARD_LIMIT = 998
_BEFORE, _AFTER = "=?utf-8?B?", "?="
#: These have a grammar of their own, which the library keeps to.
_STRUCTURED = ("to", "content-type", "content-disposition", "content-transfer-encoding", "mime-version")


class HeaderPolicy(EmailPolicy):
    """Writes headers by the functions below, all others as its base does; lines end in CR and LF."""

    def fold_binary(self, name: str, value: object) -> bytes:
        """Return a header as bytes, with the end of its last line."""
        if name.lower() in _STRUCTURED:
            return super().fold_binary(name, value)  # type: ignore[arg-type]
        addresses: tuple[Address, ...] = getattr(value, "addresses", ())
        line = folded(name, ", ".join(map(_mailbox, addresses))) if addresses else written(name, str(value))
        return f"{line}{self.linesep}".encode("utf-8" if self.utf8 else "ascii")


#: Seven bits on the way: every server takes that, whether it offers 8BITMIME or not.
WIRE = HeaderPolicy(linesep="\r\n", cte_type="7bit", max_line_length=LINE)
#: For letters to or from addresses that cannot be written in ASCII.
WIRE_UTF8 = WIRE.clone(utf8=True, cte_type="8bit")


def written(name: str, text: str) -> str:
    """Write a header of text: as it is, or encoded where it is not ASCII, looks encoded, or has too long a word."""
    plain = text.isascii() and "=?" not in text and all(len(word) < _HARD_LIMIT - len(name) for word in text.split())
    return folded(name, text if plain else encoded(text, ENCODED_LINE - len(name) - len(": ")))


def folded(name: str, text: str) -> str:
    """Write a header in lines that end before a space; a word that is longer than a line stays whole."""
    lines, line = [], f"{name}:"
    for word in text.split(" "):
        longest = ENCODED_LINE if word.startswith(_BEFORE) else LINE
        if len(line) + 1 + len(word) > longest and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def encoded(text: str, room: int = ENCODED_WORD) -> str:
    """Write text as encoded words (RFC 2047), of which none splits a character; the first has so much room.

    All of the text is encoded: the spaces between encoded words are no part of it, those beside other words are.
    """
    return " ".join(f"{_BEFORE}{base64.b64encode(piece).decode('ascii')}{_AFTER}" for piece in _pieces(text, room))


def literal(text: str) -> str:
    """Return what the library is to be given so that it keeps the text: what looks encoded it would decode."""
    return encoded(text) if "=?" in text else text


def _pieces(text: str, room: int) -> Iterator[bytes]:
    piece, most = b"", _bytes_in(room)
    for character in text:
        more = character.encode()
        if piece and len(piece) + len(more) > most:
            yield piece
            piece, most = b"", _bytes_in(ENCODED_WORD)
        piece += more
    yield piece


def _bytes_in(room: int) -> int:
    return (room - len(_BEFORE) - len(_AFTER)) // 4 * 3


def _mailbox(address: Address) -> str:
    """Write an address with its name; the library quotes a name of ASCII."""
    if address.display_name.isascii() and "=?" not in address.display_name:
        return str(address)
    return f"{encoded(address.display_name)} <{address.addr_spec}>"
