"""Writing down what became of letters; that the ledger failed is no fault of a letter or of the mail server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class LedgerError(Exception):
    """Carries an error of the ledger past the answers to errors of letters."""

    def __init__(self, error: Exception) -> None:
        """Keep what the ledger raised."""
        super().__init__(str(error))
        self.error = error


def written(write: Callable[[], _T]) -> _T:
    """Ask the ledger, or write to it.

    Raises:
        LedgerError: it could not, for whatever reason.
    """
    try:
        return write()
    except Exception as error:
        raise LedgerError(error) from error
