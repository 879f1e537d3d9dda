"""What a letter may say and to whom: pure functions of tenant, letter and now."""

from reaper.letters.facts import facts_for, names_deadline, tells_losses
from reaper.letters.languages import KNOWN, language_for
from reaper.letters.people import is_address, readers, recipients, sane_addresses
from reaper.letters.threads import TOGETHER, VARIANTS, Appointment, appointment_for, root_of, template_for
from reaper.letters.together import ALIKE, WITHIN, Part, facts_together, may_wait
from reaper.letters.truth import still_true

__all__ = [
    "ALIKE",
    "KNOWN",
    "TOGETHER",
    "VARIANTS",
    "WITHIN",
    "Appointment",
    "Part",
    "appointment_for",
    "facts_for",
    "facts_together",
    "is_address",
    "language_for",
    "may_wait",
    "names_deadline",
    "readers",
    "recipients",
    "root_of",
    "sane_addresses",
    "still_true",
    "tells_losses",
    "template_for",
]
