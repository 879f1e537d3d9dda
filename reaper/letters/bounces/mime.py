"""A message taken apart: its headers, what it says itself, its status fields, and the letter that it quotes."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

_STATUS = re.compile(r"delivery-status|deliverystatus", re.IGNORECASE)
_QUOTED_TYPES = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers", "message/partial")
_QUOTED_NAMES = re.compile(r"\.(eml|msg|hdr)\b|undelivered|original|returned", re.IGNORECASE)
_TOKEN = re.compile(r"<[^<>]{0,2000}>|[^<]+|<")
_TAG = re.compile(r"<\s*(/?)\s*([^\s/>]+)")
_BLOCKS = re.compile(r"br|p|div|tr|td|th|li|ul|table|h\d|pre|blockquote|hr")
_UNSEEN = re.compile(r"head|script|style|title")
_INLINE = re.compile(r"a|b|i|u|em|strong|span|font|tt|code")
_DEEPEST = 12
_LONGEST_HEADER, _MOST_HEADERS = 10_000, 20
#: So much of a part is read: a quoted letter that nobody has marked is longer than what is said of it.
_LONGEST_TEXT = 200_000
#: Names of character sets that mail uses and Python does not, or that are wider than what they are called.
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
    "unicode-1-1-utf-7": "utf-7",
}


@dataclass(frozen=True)
class Parts:
    """What is in a message: the text that it says itself, the texts of its status parts, and what it quotes.

    `nested` are quoted messages that are reports themselves, as when somebody passes a report on.
    """

    said: str
    statuses: tuple[str, ...]
    quoted: tuple[str, ...]
    nested: tuple[Message, ...]
    types: frozenset[str]


def taken_apart(message: Message) -> Parts:
    """Take a message apart, whatever its shape."""
    said: list[tuple[str, str]] = []
    statuses: list[str] = []
    quoted: list[str] = []
    nested: list[Message] = []
    types: set[str] = set()
    for part in _leaves(message):
        kind = part.get_content_type()
        types.add(kind)
        if _STATUS.search(kind) or _STATUS.search(part.get_filename("") or ""):
            statuses.append(decoded(part))
        elif kind in _QUOTED_TYPES or (part is not message and _is_copy(part)):
            quoted.append(_octets(part).decode("utf-8", "replace"))
            nested += [inner for inner in _children(part) if inner.get_content_type() == "multipart/report"]
        elif part.get_content_maintype() == "text" and not (statuses and said):
            said.append((kind, decoded(part)))
    plain = [text for kind, text in said if kind != "text/html" and text.strip()]
    texts = plain or [text for _, text in said]
    return Parts("\n\n".join(map(_readable, texts)), tuple(statuses), tuple(quoted), tuple(nested), frozenset(types))


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """Yield the parts that are not made of parts; a quoted message is one."""
    content = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(content, list) and depth < _DEEPEST:
        for part in content:
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _children(part: Message) -> list[Message]:
    content = part.get_payload()
    return [inner for inner in content if isinstance(inner, Message)] if isinstance(content, list) else []


def _is_copy(part: Message) -> bool:
    named = f"{part.get_filename('') or ''} {first(part, 'content-description')}"
    return bool(_QUOTED_NAMES.search(named))


def decoded(part: Message) -> str:
    """Return the text of a part, also where its encoding is none that such a part may have."""
    octets = _octets(part)
    encoding = first(part, "content-transfer-encoding").lower()
    if isinstance(part.get_payload(), list):  # fields, which the parser has taken for what is not encoded
        octets = _from_base64(octets) if encoding == "base64" else octets
        octets = quopri.decodestring(octets) if encoding == "quoted-printable" else octets
    return _as_text(octets, part.get_content_charset("utf-8"))


def _from_base64(octets: bytes) -> bytes:
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return octets


def _as_text(octets: bytes, charset: str) -> str:
    for name in (_CHARSETS.get(charset, charset), "utf-8"):
        try:
            return octets.decode(name)
        except (LookupError, ValueError):  # no charset, one that is no text, or octets that are not in it
            continue
    try:
        return octets.decode(_CHARSETS.get(charset, charset), "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def _octets(part: Message, *, with_headers: bool = False) -> bytes:
    """Return a part as it came, with the octets beyond ASCII that the parser has kept."""
    lines = [f"{name}: {value}".encode("utf-8", "surrogateescape") for name, value in part.raw_items() if with_headers]
    content = part.get_payload()
    if isinstance(content, list):
        inner = b"\n\n".join(_octets(one, with_headers=True) for one in content if isinstance(one, Message))
    else:
        octets = part.get_payload(decode=True)
        inner = octets if isinstance(octets, bytes) else b""
    return b"\n".join([*lines, b"", inner] if lines else [inner])


def _readable(text: str) -> str:
    """Turn HTML into lines; leave plain text as it is."""
    text = text[:_LONGEST_TEXT]
    if re.search(r"<(html|body|table|div|p|br)\b[^>]{0,500}>", text, re.IGNORECASE):
        text = html.unescape("".join(_without_tags(text)))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\u200b", "")


def _without_tags(text: str) -> Iterator[str]:
    unseen = ""
    for token in _TOKEN.findall(text):
        tag = _TAG.match(token) if token.endswith(">") else None
        closes, name = (tag[1], tag[2].lower()) if tag else ("", "")
        if unseen:
            unseen = "" if closes and name == unseen else unseen
        elif tag is None:
            yield token.replace("\n", " ")
        elif "@" in name:  # an address that nobody has escaped
            yield token
        elif _UNSEEN.fullmatch(name) and not closes:
            unseen = name
        else:
            yield "\n" if _BLOCKS.fullmatch(name) else "" if _INLINE.fullmatch(name) else " "


def headers(message: Message, name: str) -> list[str]:
    """Return them as they came, each on one line; octets that are no text become question marks."""
    found = (str(value) for value in message.get_all(name) or ())
    return [" ".join(one.encode("utf-8", "replace").decode().splitlines()) for one in found]


def first(message: Message, name: str) -> str:
    """Return the first header of this name, or nothing."""
    return next(iter(headers(message, name)), "").strip()


def addressees(message: Message, *names: str) -> tuple[str, ...]:
    """Return the addresses in these headers."""
    found = [one[:_LONGEST_HEADER] for name in names for one in headers(message, name)[:_MOST_HEADERS]]
    try:
        return tuple(address for _, address in getaddresses(found) if address)
    except RecursionError:  # comments in comments in comments
        return ()
