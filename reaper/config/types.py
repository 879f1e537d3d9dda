"""The types of settings: each turns a text into a value, or says in a sentence what it takes."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, tzinfo
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from oslo_config import types

from reaper.policy import parse_duration, written


class _Text(types.ConfigType):  # type: ignore[misc] # oslo.config has no types for us
    """A text that says something."""

    def __init__(self, type_name: str) -> None:
        super().__init__(type_name=type_name)

    def __call__(self, value: object) -> object:
        text = str(value)
        if not text or text != text.strip() or not text.isprintable():
            raise ValueError("it is empty or runs over several lines; write one text or leave the line out")
        return self.read(text)

    def read(self, text: str) -> object:
        """Turn the text into the value."""
        return text

    def _formatter(self, value: object) -> str:
        return str(value)

    def __repr__(self) -> str:
        return str(self.type_name)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    __hash__ = None  # type: ignore[assignment]


class Word(_Text):
    """A name of something."""

    def __init__(self) -> None:
        super().__init__("text")


class SpanOption(_Text):
    """A duration as in policies."""

    def __init__(self) -> None:
        super().__init__("duration")

    def __call__(self, value: object) -> object:
        """Read it."""
        return value if isinstance(value, timedelta) else parse_duration(str(value))

    def _formatter(self, value: object) -> str:
        return written(value) if isinstance(value, timedelta) else str(value)


class ProseOption(_Text):
    """A few words for people; may be empty."""

    def __init__(self) -> None:
        super().__init__("text")

    def __call__(self, value: object) -> object:
        """Check that it is one line: it goes into the heads of letters."""
        return super().__call__(value) if value else ""


class Percent(_Text):
    """A share from 0 to 100."""

    def __init__(self) -> None:
        super().__init__("percent")

    def read(self, text: str) -> object:
        """Turn it into a number; words such as nan, which compare with nothing, are none."""
        if not re.fullmatch(r"[0-9]{1,3}([.][0-9]{1,3})?", text) or float(text) > 100:  # noqa: PLR2004 - percent
            raise ValueError(f"{text!r} is not possible; write a number from 0 to 100, without a % sign")
        return float(text)


class FilePath(_Text):
    """A file or folder; a relative one starts at the folder of the first configuration file."""

    def __init__(self) -> None:
        super().__init__("path")


class NamesOption(_Text):
    """Names separated by commas or line ends."""

    def __init__(self) -> None:
        super().__init__("list")

    def __call__(self, value: object) -> object:
        """Take them apart; a name that stands twice counts once."""
        if isinstance(value, list | tuple):
            return list(value)
        names = [name.strip() for name in re.split(r"[,\n]", str(value))]
        return [self.name(name) for name in dict.fromkeys(names) if name]

    def name(self, text: str) -> str:
        """Check one of them: a quote or bracket would be taken for a part of the name, which then matches nothing."""
        if not text.isprintable() or text[0] in "\"'[{" or text[-1] in "\"']}":
            raise ValueError(f"{text!r} is no name; write names separated by commas, without quotes and brackets")
        return text


class Addresses(NamesOption):
    """Mail addresses separated by commas or line ends."""

    def name(self, text: str) -> str:
        """Check one of them."""
        return str(Address().read(text))


class Address(_Text):
    """A mail address, with or without a name before it."""

    def __init__(self) -> None:
        super().__init__("address")

    def read(self, text: str) -> object:
        """Check that there is one."""
        local, at, domain = parseaddr(text)[1].rpartition("@")
        if not (local and at and domain) or " " in local + domain:
            raise ValueError(f"{text!r} is no mail address; write one such as Cloud team <cloud@example.org>")
        return text


class HostName(_Text):
    """A fully qualified host name."""

    def __init__(self) -> None:
        super().__init__("host name")

    def read(self, text: str) -> object:
        """Check that it is qualified; mail servers refuse any other."""
        label = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
        if len(text) > 253 or not re.fullmatch(rf"{label}(?:\.{label})+", text) or is_local(text):  # noqa: PLR2004 - RFC 1035
            raise ValueError(f"{text!r} is no fully qualified host name; write one such as reaper.example.org")
        return text


def is_local(domain: str) -> bool:
    """Whether a domain means something on one machine only, so that no mail server takes it for a sender's."""
    name = domain.casefold().rstrip(".")
    return "." not in name or name.split(".")[-1] in ("localhost", "localdomain", "local", "invalid", "arpa")


class ServerAddress(_Text):
    """Where only this machine's programs are let in: a loopback address and port, or the path of a Unix socket."""

    def __init__(self) -> None:
        super().__init__("address:port or path")

    def read(self, text: str) -> object:
        """Check it; the path is absolute, since the relay has to find it too."""
        found = re.fullmatch(r"(127(?:\.[0-9]{1,3}){3}|localhost|\[::1\]):([0-9]{1,5})", text)
        if not text.startswith("/") and not (found and 0 < int(found[2]) <= 65535):  # noqa: PLR2004 - the last port
            raise ValueError(
                f"{text!r} is not possible; write a port on loopback such as 127.0.0.1:2525, or the path of a socket"
            )
        return text


class Listen(_Text):
    """Where the web page listens: address and port."""

    def __init__(self) -> None:
        super().__init__("address:port")

    def read(self, text: str) -> object:
        """Check both."""
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/\s]+):([0-9]{1,5})", text)
        if not found or int(found[2]) > 65535:  # noqa: PLR2004 - the last port
            raise ValueError(f"{text!r} is not possible; write address and port, such as 127.0.0.1:8080 or [::1]:8080")
        return text


class Url(_Text):
    """A web address under which people reach the pages; kept without a slash at its end."""

    def __init__(self) -> None:
        super().__init__("URL")

    def read(self, text: str) -> object:
        """Check that links can be built on it."""
        parts = urlsplit(text)  # a ValueError of its own says what is wrong with the brackets of an address
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{text!r} is not possible; write http:// or https://, a name and perhaps a path")
        return text.rstrip("/")


class Link(_Text):
    """A web address as it stands in letters."""

    def __init__(self) -> None:
        super().__init__("link")

    def read(self, text: str) -> object:
        """Check that it is a link which nothing in it can end."""
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\"'<>]", text):
            raise ValueError(f"{text!r} is not possible; write http:// or https://, a name and perhaps more")
        return text


class DatabaseUrl(_Text):
    """Where the ledger lies. What is wrong with it is told without showing it: it may hold a password."""

    DIALECTS = ("sqlite", "postgresql+psycopg", "mysql+pymysql", "mariadb+pymysql")

    def __init__(self) -> None:
        super().__init__("database URL")

    def read(self, text: str) -> object:
        """Check that it is a database that Reaper speaks to."""
        dialect, separator, _rest = text.partition("://")
        if not separator:
            raise ValueError("it is no URL; write one such as sqlite:////var/lib/reaper/reaper.db")
        if dialect not in self.DIALECTS:
            raise ValueError(f"{dialect!r} is not known; begin with one of {', '.join(self.DIALECTS)}")
        return text


class Zone(_Text):
    """A time zone of the IANA list."""

    def __init__(self) -> None:
        super().__init__("time zone")

    def __call__(self, value: object) -> object:
        """Find it."""
        return value if isinstance(value, tzinfo) else super().__call__(value)

    def read(self, text: str) -> object:
        """Look it up."""
        if text == "UTC":  # which needs no time zone files
            return UTC
        try:
            return ZoneInfo(text)
        except (KeyError, OSError, ValueError) as error:  # as for names that lead out of the list
            raise ValueError(f"{text!r} is not known; write one such as UTC or Asia/Shanghai") from error
