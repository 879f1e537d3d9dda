"""The configuration files: which there are, what stands in which line, and what of it oslo.config would not notice."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from oslo_config import iniparser

from reaper.config.options import GROUPS
from reaper.errors import Unusable
from reaper.policy import unlike

STANDARD = Path("/etc/reaper/reaper.conf")
_OPTIONS: dict[str, dict[str, Any]] = {group: {option.dest: option for option in those} for group, those in GROUPS}
_PROSE = ("cloud_title", "support_contact")


@dataclass(frozen=True)
class Line:
    """One assignment: where it stands and what it says."""

    place: str  # file:line, or the variable of the environment
    group: str
    name: str
    value: str

    @property
    def key(self) -> str:
        """The setting as people name it."""
        return f"{self.group}.{self.name}"


class _Parser(iniparser.BaseParser):  # type: ignore[misc] # oslo.config has no types for us
    """Notes every assignment with its line."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file, self.group, self.found = file, "DEFAULT", list[Line]()

    def new_section(self, section: str) -> None:
        self.group = section

    def assignment(self, key: str, value: list[str]) -> None:
        # The parser is one line further when it hands over, and `value` has one entry for each line.
        self.found.append(Line(f"{self.file}:{self.lineno - len(value)}", self.group, key, "\n".join(value)))


def files_of(named: Iterable[str] | None) -> tuple[Path, ...]:
    """Return the files to read, the later ones stand above the earlier: each with what lies in its folder FILE.d.

    Without names it is the standard file, which may be missing when the environment says what is required.

    Raises:
        Unusable: the standard file is missing, or a folder cannot be read.
    """
    if named is None:
        missing = not os.path.lexists(STANDARD)
        if missing and "OS_DEFAULT__CLOUDS" not in os.environ:
            raise Unusable(f"{STANDARD} is missing; copy etc/reaper.conf.sample there or name a file by --config-file")
        mains = [] if missing else [STANDARD]
    else:
        mains = [Path(name).expanduser().absolute() for name in named]
    return tuple(file for main in mains for file in (main, *_more(main.with_name(f"{main.name}.d"))))


def _more(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix == ".conf" and not file.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Unusable(f"{folder}: cannot be read: {error.strerror or error}") from error


def lines_of(file: Path) -> tuple[Line, ...]:
    """Read what a file says.

    Raises:
        Unusable: it cannot be read, is not UTF-8, or a line is no setting.
    """
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise Unusable(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Unusable(
            f"{file}:{line}: byte 0x{error.object[error.start]:02x} is not UTF-8; save it as UTF-8"
        ) from error
    parser = _Parser(file)
    try:
        parser.parse([*text.removeprefix("\ufeff").splitlines(), ""])
    except iniparser.ParseError as error:
        raise Unusable(
            f"{file}:{error.lineno}: this is no setting; write [group] or option = value in the first column"
        ) from error
    return tuple(parser.found)


def lines_of_environment(environment: Mapping[str, str]) -> Iterator[Line]:
    """Return what the environment says about our settings, or comes close to saying."""
    known = [(group, name) for group, those in _OPTIONS.items() for name in those]
    variables = {f"OS_{group}__{name}".upper(): (group, name) for group, name in known}
    for variable, value in environment.items():
        if variable in variables:
            yield Line(variable, *variables[variable], value)
        elif variable.startswith("OS_") and "__" in variable:
            # Other services' variables look alike: only what nearly is one of ours can be a slip.
            close = get_close_matches(variable, variables, n=1, cutoff=0.9)
            if close:
                raise Unusable(f"{variable}: there is no such setting; did you mean {close[0]}?")


def complaints(lines: Iterable[Line]) -> Iterator[str]:
    """Say of every line what is wrong with it, a sentence each."""
    seen: dict[tuple[str, str, str], str] = {}
    for line in lines:
        file = line.place.rpartition(":")[0]
        earlier = seen.setdefault((file, line.group, line.name), line.place)
        wrong = _unknown(line) or _misread(line)
        if earlier != line.place:
            wrong = f"stands already in line {earlier.rpartition(':')[2]}; keep one"
        if wrong:
            yield f"{line.place}: {line.key}: {wrong}"


def _unknown(line: Line) -> str | None:
    if line.group not in _OPTIONS:
        near = next((group for group in _OPTIONS if group.lower() == line.group.lower()), None)
        return f"there is no group [{line.group}]; " + (
            f"did you mean {near}?" if near else unlike(line.group, _OPTIONS)
        )
    if line.name in _OPTIONS[line.group]:
        return None
    elsewhere = [group for group, those in _OPTIONS.items() if line.name in those]
    if elsewhere:
        return f"there is no such setting in this group; it belongs under [{elsewhere[0]}]"
    return f"there is no such setting; {unlike(line.name, _OPTIONS[line.group])}"


def _misread(line: Line) -> str | None:
    option, value = _OPTIONS[line.group][line.name], line.value
    plain = value.replace("$$", "").replace(r"\$", "")
    if "$" in plain:
        return "a single $ is not possible; write $$ for a dollar sign"
    if line.name not in _PROSE and re.search(r"(^|\s)[#;]", plain):
        return "a comment cannot follow a value; give it a line of its own, from the first column"
    try:
        option.type(value.replace("$$", "$").replace(r"\$", "$"))
    except ValueError as error:
        return _sentence(option, value, str(error))
    return None


def _sentence(option: Any, value: str, reason: str) -> str:
    if option.secret or not re.match("invalid literal|Valid values|Should be", reason):
        return reason
    if reason.startswith("Valid values"):
        return f"{value!r} is not possible; write one of {', '.join(option.type.choices)}"
    bounds = [f"from {option.type.min}"] if option.type.min is not None else []
    bounds += [f"to {option.type.max}"] if option.type.max is not None else []
    return f"{value!r} is not possible; write a number {' '.join(bounds)}".rstrip()
