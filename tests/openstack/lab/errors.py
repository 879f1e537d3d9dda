"""What can go wrong with the lab: this machine cannot run it, or it broke."""

from pathlib import Path


class CannotBoot(Exception):  # noqa: N818 - reads as the sentence it starts
    """The lab cannot boot on this machine; the text is one sentence that says why, fit for a skipped test."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the lab cannot boot here: {why}")


class LabBroke(Exception):  # noqa: N818 - the same
    """Something that should have worked did not; the text names the log and shows its end."""

    def __init__(self, what: str, log: Path | None = None) -> None:
        super().__init__(what if log is None else f"{what}; {log} ends with:\n{last_lines(log)}")


def last_lines(log: Path, count: int = 20) -> str:
    """Return the end of a log, indented, or a word that there is none."""
    if not log.exists():
        return "    (no such file)"
    return "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-count:])
