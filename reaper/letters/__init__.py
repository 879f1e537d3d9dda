"""What a letter may say and to whom: pure functions of tenant, letter and now."""

from reaper.letters.catalog import CATALOG, TEMPLATES, TOGETHER, LetterSpec, OvertakenBy, Scope, spec_of
from reaper.letters.facts import facts_for
from reaper.letters.imprint import Imprint
from reaper.letters.languages import KNOWN, language_for
from reaper.letters.people import is_address, readers, recipients, sane_addresses
from reaper.letters.threads import Appointment, appointment_for, root_of, template_for
from reaper.letters.together import ALIKE, WITHIN, Part, facts_together, may_wait
from reaper.letters.validity import overtaken, still_true

__all__ = [
    "ALIKE",
    "CATALOG",
    "KNOWN",
    "TEMPLATES",
    "TOGETHER",
    "WITHIN",
    "Appointment",
    "Imprint",
    "LetterSpec",
    "OvertakenBy",
    "Part",
    "Scope",
    "appointment_for",
    "facts_for",
    "facts_together",
    "is_address",
    "language_for",
    "may_wait",
    "overtaken",
    "readers",
    "recipients",
    "root_of",
    "sane_addresses",
    "spec_of",
    "still_true",
    "template_for",
]
