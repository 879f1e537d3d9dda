"""The one judge of all that takes something away: which facts each step needs, how old they may be, and yes or no.

`may` is pure. Whoever acts gathers an `Evidence`, asks `may`, and hands the `Permit` to the writing client, which sends
nothing without one.
"""

from reaper.judge.evidence import ABSENT, About, Absent, Coverage, Evidence, Fact, Known, Unknown
from reaper.judge.may import may
from reaper.judge.permit import LASTS, Permit, Refusal, objection
from reaper.judge.steps import TABLE, Need, Step
from reaper.judge.table import table

__all__ = [
    "ABSENT",
    "LASTS",
    "TABLE",
    "About",
    "Absent",
    "Coverage",
    "Evidence",
    "Fact",
    "Known",
    "Need",
    "Permit",
    "Refusal",
    "Step",
    "Unknown",
    "may",
    "objection",
    "table",
]
