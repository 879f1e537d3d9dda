"""Reads the collections of reports: each specimen has a name, what is right, and the message as it arrives."""

import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "bounces"
TWO = ("ann@example.org", "bob@example.org")


@dataclass(frozen=True)
class Specimen:
    name: str
    raw: bytes
    had: tuple[str, ...]  # who had the letter
    failed: tuple[str, ...]  # who of them has lost it
    delayed: tuple[str, ...]
    names: tuple[str, ...]  # what the report names when nobody says who had the letter
    nothing: str  # what kind of message it is when nobody has lost anything


def specimens():
    return [one for path in sorted(HERE.glob("*.txt")) for one in _in(path)]


def _in(path):
    for text in re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        head, _, message = text.partition("\n---\n")
        name, *lines = head.splitlines()
        said = dict(line.split(": ", 1) for line in lines)
        failed = tuple(said.get("failed", "").split())
        yield Specimen(
            name=f"{path.stem}: {name}",
            raw=message.rstrip("\n").encode(said.get("encoding", "utf-8")) + b"\n",
            had=tuple(said["had"].split()) if "had" in said else TWO,
            failed=failed,
            delayed=tuple(said.get("delayed", "").split()),
            names=() if said.get("names") == "nobody" else failed,
            nothing=said.get("nothing", ""),
        )
