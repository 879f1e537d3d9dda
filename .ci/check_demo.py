"""Checks what `reaper demo --once -f json` printed: everything happened, nothing was left, the plan wrote nothing."""

import json
import sys
from pathlib import Path

HAPPENED = ("tenants", "letters", "renewed", "suspended", "restored", "reclaimed")
NOTHING = ("leftovers", "writes_by_plan")


def complaints(summary: dict[str, int]) -> list[str]:
    """Return what is wrong with the demo's summary, one sentence each."""
    quiet = [
        f"{name} is {summary.get(name)!r}: more than 0 would be right" for name in HAPPENED if not summary.get(name)
    ]
    left = [f"{name} is {summary.get(name)!r}: 0 would be right" for name in NOTHING if summary.get(name) != 0]
    unnamed = [] if "quarantined" in summary else ["quarantined is not told"]
    return [*quiet, *left, *unnamed]


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(told))
    sys.exit("\n".join(complaints(told)) or 0)
