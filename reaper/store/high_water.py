"""The high-water mark: a file outside the database by which a ledger that was put back from a backup is noticed.

A restored database has forgotten what was promised since the backup: renewals that were confirmed, holds, a pause. To
act on it would break them. So each time something is promised, and at each beat, a new random token is written into the
database and then into a file beside the web secret; the database keeps the last two, so that a crash between the two
writes is no sign of anything. A file whose token the database does not know means that the database is older than it.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from reaper.errors import Temporary
from reaper.store.engine import Database
from reaper.store.gate_inputs import note, noted


@dataclass(frozen=True)
class Token:
    """What stands in the file: whose chain of tokens it is, the last of them, and since when."""

    chain: str
    token: str
    at: datetime


@dataclass(frozen=True)
class HighWaterMark:
    """The mark of one database on this machine. Each machine has a file, and so a chain of tokens, of its own."""

    database: Database
    file: Path
    _troubles: list[str] = field(default_factory=list)  # at most one: why the last token could not be written

    def behind(self) -> str | None:
        """Say why the database is older than what was promised, or why that cannot be told; None when it is not."""
        if self._troubles:
            return self._troubles[0]
        try:
            kept = self._read()
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"its high-water mark {self.file} cannot be read ({error})"
        if kept is None or kept.token in self._known(kept.chain):
            return None
        return f"the database is older than what was promised until {kept.at:%Y-%m-%d %H:%M:%S} UTC ({self.file})"

    def advance(self, now: datetime) -> None:
        """Note that everything the database holds now has been promised. A ledger that is behind stays so.

        What was promised stands whether or not the file can be written; while it cannot, `behind` says so, for a
        backup that is put back would not be noticed.
        """
        self._troubles.clear()
        try:
            with self._alone():
                if self.behind() is None:
                    self._write(self._read(), now)
        except Temporary as trouble:
            self._troubles[:] = [str(trouble)]

    def adopt(self, now: datetime) -> None:
        """Take the database as it is for the one that counts, on a person's word.

        Raises:
            Temporary: the file cannot be written.
        """
        self._troubles.clear()
        with self._alone():
            self._write(None, now)

    def _write(self, before: Token | None, now: datetime) -> None:
        """First the database, which keeps the token before as well, then the file."""
        chain = before.chain if before is not None else secrets.token_hex(8)
        fresh = Token(chain, secrets.token_hex(16), now)
        known = " ".join((fresh.token, before.token) if before is not None else (fresh.token,))
        with self.database.writing() as connection:
            note(connection, _name(chain), known)
        aside = self.file.with_name(f".{self.file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as opened:
                json.dump({"chain": chain, "token": fresh.token, "at": now.isoformat()}, opened)
                opened.flush()
                os.fsync(opened.fileno())
            aside.replace(self.file)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise self._unwritable(error) from error

    def _read(self) -> Token | None:
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Token(str(kept["chain"]), str(kept["token"]), datetime.fromisoformat(kept["at"]))

    def _known(self, chain: str) -> list[str]:
        with self.database.reading() as connection:
            return (noted(connection, _name(chain)) or "").split()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep the other processes of this machine from the file."""
        try:
            handle = os.open(self.file.with_name(f"{self.file.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _unwritable(self, error: OSError) -> Temporary:
        reason = error.strerror or error
        return Temporary(f"the ledger's high-water mark {self.file} cannot be written ({reason})")


def _name(chain: str) -> str:
    return f"high-water mark {chain}"
