"""What a letter may say and to whom: pure functions of tenant, letter and now."""

from reaper.letters.facts import facts_for, names_deadline, tells_losses
from reaper.letters.languages import KNOWN, language_for
from reaper.letters.people import is_address, readers, recipients, sane_addresses
from reaper.letters.truth import still_true

__all__ = [
    "KNOWN",
    "facts_for",
    "is_address",
    "language_for",
    "names_deadline",
    "readers",
    "recipients",
    "sane_addresses",
    "still_true",
    "tells_losses",
]
