"""One YAML document as plain texts, lists and mappings, with the place in the file of every key and value.

Every scalar stays the text that was written (a plain `null` or nothing becomes None), so that what YAML 1.1 makes of
`no`, `12:30`, `0123` or `2024-01-01` cannot surprise anybody: the policy's own types read the texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from reaper.errors import Unusable

Path = tuple[str | int, ...]
Place = tuple[int, int]  # line and column, both from 1
START: Place = (1, 1)
_DEEPEST = 20
_LONGEST = 100_000  # characters
#: What mostly lies behind the parser's words.
_ADVICE = (
    ("alias", 'a text that begins with * needs quotes: "*"'),
    ("\\t", "indent with spaces, not tabs"),
    ("mapping values are not allowed", "check the indentation, and quote texts that hold a colon"),
    ("stream end", "a bracket, brace or quote is not closed"),
)
_NULL = "tag:yaml.org,2002:null"
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "timestamp", "seq", "map")}
_PLAIN_TAGS |= {_NULL, "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"}


@dataclass(frozen=True, order=True)
class Complaint:
    """What is wrong at one place of a file."""

    place: Place
    key: str
    sentence: str

    def told(self, source: str) -> str:
        """Render as `file:line:column: key: sentence`."""
        line, column = self.place
        return f"{source}:{line}:{column}: {self.key + ': ' if self.key else ''}{self.sentence}"


class UnreadableDocument(Exception):  # noqa: N818 - caught in this package alone
    """The file is no document that could be looked into; holds one complaint."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.complaint = Complaint(place, "", sentence)


def refuse(source: str, complaints: list[Complaint]) -> Unusable:
    """Make one error of all complaints about a file, one a line, in the order of the file."""
    return Unusable("\n".join(complaint.told(source) for complaint in sorted(set(complaints))))


@dataclass
class Document:
    """A file's content, where each part of it stands, and what is wrong with it as a document."""

    value: object = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)


def text_of(content: str | bytes) -> str:
    """Decode UTF-8, with or without a byte order mark. Raises Unreadable at the first wrong byte."""
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = content[: error.start].decode(errors="replace")
        place = (good.count("\n") + 1, len(good) - good.rfind("\n"))
        raise UnreadableDocument(
            place, f"byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error


def read(content: str | bytes) -> Document:
    """Read one document. Raises Unreadable when there is none, several, or no YAML."""
    text = text_of(content)
    if len(text) > _LONGEST:
        raise UnreadableDocument(START, f"the file has more than {_LONGEST} characters; that is no policy")
    try:
        _glance(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise UnreadableDocument(_place(error.problem_mark), f"this is not YAML: {_reason(error)}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableDocument((line, 1), "there is a character that YAML does not allow; remove it") from error
    except (ValueError, ArithmeticError, LookupError) as error:  # PyYAML lets a few slip, as for "\UFFFFFFFF"
        raise UnreadableDocument(START, f"this is not YAML: {error}") from error
    if node is None:
        raise UnreadableDocument(START, "the file is empty; a policy begins with `policy: NAME`")
    document = Document()
    document.value = _plain(node, (), document)
    return document


def _glance(text: str) -> None:
    """Refuse what would make reading dangerous or ambiguous, before anything is built from it."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableDocument(
                _place(event.start_mark), "aliases (*) are not used in policies; write the value out"
            )
        if depth > _DEEPEST:
            raise UnreadableDocument(_place(event.start_mark), "this is nested too deeply for a policy")
        if documents > 1:
            raise UnreadableDocument(
                _place(event.start_mark), "a second document begins; put each policy into its own file"
            )


def _plain(node: yaml.Node, path: Path, document: Document) -> object:
    document.values[path] = _place(node.start_mark)
    if node.tag not in _PLAIN_TAGS:
        document.complaints.append(Complaint(_place(node.start_mark), dotted(path), f"remove the tag {node.tag!r}"))
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, path, document))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, at), document) for at, item in enumerate(node.value)]
    return None if node.tag == _NULL else str(node.value)


def _pairs(node: yaml.MappingNode, path: Path, document: Document) -> Iterator[tuple[str, object]]:
    for key, value in node.value:
        here = _place(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            document.complaints.append(Complaint(here, dotted(path), "a key is a single word; quote braces in a text"))
            continue
        below = (*path, str(key.value))
        if below in document.keys:
            first = document.keys[below][0]
            document.complaints.append(Complaint(here, dotted(below), f"stands already in line {first}; keep one"))
            continue
        document.keys[below] = here
        yield str(key.value), _plain(value, below, document)


def dotted(path: Path) -> str:
    """Write a path as people do: `lease.warn_before`; positions in lists are left to the line and column."""
    shown = ".".join(part for part in path if isinstance(part, str))
    return shown if shown.isprintable() else ascii(shown)


def _place(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark is not None else START


def _reason(error: yaml.MarkedYAMLError) -> str:
    words = ", ".join(part for part in (error.context, error.problem) if part)
    advice = next((f"; {advice}" for sign, advice in _ADVICE if sign in words), "")
    return (words if words.isprintable() else ascii(words)) + advice
