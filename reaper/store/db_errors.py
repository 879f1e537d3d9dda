"""What a database's complaint means for the one who meets it, in one sentence without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # noqa: A004 - its name there
)

from reaper.errors import Overtaken, Permanent, ReaperError, Temporary, Unusable

Verdict = tuple[type[ReaperError], str]

FULL: Verdict = (Temporary, "free some space where it is kept; what was not written is tried again")
BUSY: Verdict = (Temporary, "somebody else holds it; what was not written is tried again")
DAMAGED: Verdict = (Unusable, "restore it from a backup, or name another file")
NOT_WRITABLE: Verdict = (Unusable, "the file and its folder must be writable for the user Reaper runs as")
NOT_OPENED: Verdict = (Unusable, "name a file that can be read and written, in a folder that exists")
NOT_CURRENT: Verdict = (Unusable, "run: reaper db upgrade")
NOT_ADMITTED: Verdict = (Unusable, "check user, password and database name in [database] connection")
IN_THE_WAY: Verdict = (
    Unusable,
    "an upgrade was interrupted, or it is somebody else's: name an empty database or a backup",
)
AWAY: Verdict = (Temporary, "see that its server runs and can be reached; it is asked again")
TAKEN: Verdict = (Overtaken, "somebody else has written the same; read again")
ODD: Verdict = (Permanent, "this is a mistake in Reaper or in the database: please report it")

#: By the code that SQLite, PostgreSQL (SQLSTATE) and MariaDB give; the longest beginning that fits decides.
_BY_CODE: dict[str, Verdict] = {
    "SQLITE_FULL": FULL,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_READONLY": NOT_WRITABLE,
    "SQLITE_PERM": NOT_WRITABLE,
    "SQLITE_CANTOPEN": NOT_OPENED,
    "SQLITE_IOERR": (Temporary, "look at the disk it is kept on; what was not written is tried again"),
    "SQLITE_CONSTRAINT_UNIQUE": TAKEN,
    "SQLITE_CONSTRAINT_PRIMARYKEY": TAKEN,
    "pg:23505": TAKEN,
    "my:1062": TAKEN,
    "pg:08": AWAY,
    "pg:28": NOT_ADMITTED,
    "pg:3D": NOT_ADMITTED,
    "pg:40": BUSY,
    "pg:42501": NOT_ADMITTED,
    "pg:42P01": NOT_CURRENT,
    "pg:42703": NOT_CURRENT,
    "pg:42P07": IN_THE_WAY,
    "pg:53": AWAY,
    "pg:53100": FULL,
    "pg:55P03": BUSY,
    "pg:57": AWAY,
    "my:1021": FULL,
    "my:1114": FULL,
    "my:1205": BUSY,
    "my:1213": BUSY,
    "my:1020": BUSY,
    "my:1044": NOT_ADMITTED,
    "my:1045": NOT_ADMITTED,
    "my:1049": NOT_ADMITTED,
    "my:1142": NOT_ADMITTED,
    "my:1698": NOT_ADMITTED,
    "my:1146": NOT_CURRENT,
    "my:1054": NOT_CURRENT,
    "my:1050": IN_THE_WAY,
}
#: Where there is no code: SQLite says "error" to many things, and PostgreSQL gives none before one is admitted.
_BY_WORDS: dict[str, Verdict] = {
    "no such table": NOT_CURRENT,
    "already exists": IN_THE_WAY,
    "no such column": NOT_CURRENT,
    "has no column": NOT_CURRENT,
    "invalid connection option": (Unusable, "check the options behind the ? in [database] connection"),
    "password authentication failed": NOT_ADMITTED,
    "no password supplied": NOT_ADMITTED,
    "authentication failed": NOT_ADMITTED,
    "no pg_hba.conf entry": NOT_ADMITTED,
    'database "': NOT_ADMITTED,
    'role "': NOT_ADMITTED,
}


_PRODUCTS = {"postgresql": "PostgreSQL", "mysql": "MariaDB"}


def place(url: URL) -> str:
    """Name a database so that an operator knows which, without user, password or options."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    server = f"{url.host or 'the local server'}{f':{url.port}' if url.port else ''}"
    return f"{url.database or '(unnamed)'} at {server} ({_PRODUCTS[url.get_backend_name()]})"


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Let nothing of SQLAlchemy or a driver out: it becomes an error of `reaper.errors`, with the cause chained."""
    try:
        yield
    except SQLAlchemyError as error:
        kind, remedy = _verdict(error)
        raise kind(f"database {where}: {_said(error)}; {remedy}") from error


def _verdict(error: SQLAlchemyError) -> Verdict:
    if isinstance(error, TimeoutError):
        return BUSY
    if not isinstance(error, DBAPIError):
        return ODD
    code, said = _code(error.orig), str(error.orig)
    fitting = [known for known in _BY_CODE if code.startswith(known)]
    if fitting:
        return _BY_CODE[max(fitting, key=len)]
    words = next((verdict for words, verdict in _BY_WORDS.items() if words in said), None)
    if words is not None:
        return words
    # A statement we got wrong is an OperationalError too in SQLite ("syntax error"): there it would come back for ever.
    away = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError | InternalError)
    return AWAY if away and code != "SQLITE_ERROR" else ODD


def _code(original: BaseException | None) -> str:
    name = getattr(original, "sqlite_errorname", None)
    if name:
        return str(name)
    first = original.args[0] if original is not None and original.args else ""
    if isinstance(first, int):  # PyMySQL; newer ones have an SQLSTATE too, which says less
        return f"my:{first}"
    state = getattr(original, "sqlstate", None)
    return f"pg:{state}" if state else ""


def _said(error: SQLAlchemyError) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    args: tuple[object, ...] = getattr(original, "args", ())
    spoken = args[1] if len(args) > 1 and isinstance(args[0], int) else original
    return (str(spoken).strip().splitlines() or ["no answer"])[0].rstrip(".")
