"""The secret that signs the links: made on first start, read afterwards, closed to other users."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from reaper.config.load import closed_file
from reaper.config.settings import Settings
from reaper.errors import Unusable

_SHORTEST = 32  # characters
_LONGEST = 65536  # bytes of the whole file


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return the secrets of the file, newest first: the first signs, all are believed. Makes the file if there is none.

    Two processes that start at once get the same.

    Raises:
        Unusable: the file cannot be made or read, is open to every user, or holds a secret that is too short.
    """
    file = settings.web.secret_file
    try:
        if not file.exists():
            _make(file)
        trouble = closed_file(file)
        if trouble:
            raise Unusable(f"web.secret_file: {trouble}")
        with file.open("rb") as opened:
            content = opened.read(_LONGEST).decode()
    except OSError as error:
        raise Unusable(
            f"web.secret_file: {file}: {error.strerror or error}; give it a folder that Reaper's user may write to"
        ) from error
    except UnicodeDecodeError as error:
        raise Unusable(f"web.secret_file: {file} is no text; remove it and a new one is made") from error
    found = tuple(line.strip() for line in content.splitlines() if line.strip())
    if not found or min(map(len, found)) < _SHORTEST:
        raise Unusable(
            f"web.secret_file: {file} holds less than {_SHORTEST} characters; remove it, and a new secret is made"
        )
    return found


def _make(file: Path) -> None:
    """Write it aside and link it into place: whoever is first wins, and nobody ever sees half of it."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_urlsafe(48) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):
            os.link(aside, file)
    finally:
        aside.unlink()
