"""The lab's databases as root sees them: orders, and copies of every row to come back to."""

# ruff: noqa: S608 - every name in these orders is the lab's own

import shutil
import socket
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .base import ENVIRONMENT
from .errors import LabBroke
from .settings import LOOPBACK, SECOND, Settings

_LONG_AGO = "'2000-01-01'"
# Saved heartbeats are old, and a service without a fresh one counts as down until it reports.
_JUST_NOW = {
    "nova": "UPDATE {}.services SET last_seen_up=UTC_TIMESTAMP(), updated_at=UTC_TIMESTAMP();",
    "cinder": "UPDATE {}.services SET updated_at=UTC_TIMESTAMP();",
}


@dataclass(frozen=True)
class Databases:
    """The databases of one lab."""

    settings: Settings
    names: Sequence[str]
    content: Sequence[Path]

    def order(self, text: str) -> list[list[str]]:
        """Carry out SQL and return the rows it answers.

        Raises:
            LabBroke: the database does not run or refuses.
        """
        command = ["mariadb", "--no-defaults", *self._login(), "--skip-column-names", "--batch"]
        answer = subprocess.run(command, input=text, text=True, capture_output=True, env=ENVIRONMENT, check=False)
        if answer.returncode:
            raise LabBroke(f"the database refused: {answer.stderr.strip()[:400]}")
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def save(self, name: str) -> None:
        """Keep every row of every table, and the folders that belong to them, under a name."""
        copy = self._copy(name)
        copy.mkdir(parents=True, exist_ok=True)
        rows_only = ("--no-create-info", "--no-create-db", "--skip-triggers", "--skip-add-locks", "--skip-disable-keys")
        command = ["mariadb-dump", "--no-defaults", *self._login(), "--single-transaction", "--skip-comments"]
        with (copy / "rows.sql.part").open("wb") as out:
            answer = subprocess.run(
                [*command, *rows_only, "--databases", *self.names],
                stdout=out,
                stderr=subprocess.PIPE,
                env=ENVIRONMENT,
                check=False,
            )
        if answer.returncode:
            raise LabBroke(f"the databases could not be copied: {answer.stderr.decode(errors='replace')[:400]}")
        for folder in self.content:
            _replace(copy / "content" / folder.relative_to(self.settings.var), folder)
        (copy / "rows.sql.part").rename(copy / "rows.sql")

    def load(self, name: str) -> None:
        """Put the saved rows back in one transaction, so that the running services see the old cloud or the new one.

        Every table is emptied and filled, which for a cloud of test size costs less than finding out which changed.

        Raises:
            LabBroke: nothing was saved under this name.
        """
        copy = self._copy(name)
        if not (copy / "rows.sql").exists():
            raise LabBroke(f"no cloud was saved as {name!r}; there are: {', '.join(self.saved()) or 'none'}")
        rows = (copy / "rows.sql").read_text()
        empty = [f"DELETE FROM `{schema}`.`{table}`;" for schema, table in self._tables()]
        begin = ["SET foreign_key_checks=0;", "START TRANSACTION;"]
        heartbeats = {name: _JUST_NOW.get(name.removesuffix("_two")) for name in self.names}
        fresh = [order.format(name) for name, order in heartbeats.items() if order]
        self.order("\n".join([*begin, *empty, rows, *fresh, "COMMIT;"]))
        for folder in self.content:
            _replace(folder, copy / "content" / folder.relative_to(self.settings.var))
        self._forget_cached()

    def saved(self) -> list[str]:
        """Name the saved clouds."""
        return sorted(file.parent.name for file in self.settings.copies.glob("*/rows.sql"))

    def forget_heartbeats(self, workers: Iterable[str]) -> None:
        """Let workers count as dead until they report again."""
        for worker in workers:
            schema, binary, column = _heartbeat_of(worker)
            self.order(f"UPDATE {schema}.services SET {column}={_LONG_AGO} WHERE `binary`='{binary}';")

    def has_reported(self, worker: str) -> bool:
        """Say whether a worker reported since its heartbeat was forgotten."""
        schema, binary, column = _heartbeat_of(worker)
        found = self.order(
            f"SELECT 1 FROM {schema}.services WHERE `binary`='{binary}' AND NOT deleted AND {column} > {_LONG_AGO};"
        )
        return bool(found)

    def _copy(self, name: str) -> Path:
        return self.settings.copies / name

    def _login(self) -> tuple[str, str]:
        return (f"--socket={self.settings.database_socket}", "--user=root")

    def _tables(self) -> list[list[str]]:
        names = ", ".join(f"'{name}'" for name in self.names)
        return self.order(
            "SELECT table_schema, table_name FROM information_schema.tables"
            f" WHERE table_type = 'BASE TABLE' AND table_schema IN ({names});"
        )

    def _forget_cached(self) -> None:
        with suppress(ConnectionRefusedError):  # then there is no cache either
            address = (LOOPBACK, self.settings.port("memcached"))
            with socket.create_connection(address, timeout=10) as connection:
                connection.sendall(b"flush_all\r\n")
                connection.recv(16)


def _heartbeat_of(worker: str) -> tuple[str, str, str]:
    """Return the database, the name and the column of a worker's reports."""
    binary = worker.removesuffix(SECOND)
    service = binary.partition("-")[0]
    schema = service if binary == worker else f"{service}_two"
    return schema, binary, "last_seen_up" if service == "nova" else "updated_at"


def _replace(target: Path, source: Path) -> None:
    """Make one folder hold what the other holds."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
