"""From a file's text to a Policy, or to one error that names every line that is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from reaper.policy import document as yaml_document
from reaper.policy.document import Complaint, Document, Path, UnreadableDocument, dotted
from reaper.policy.fields import Contradiction
from reaper.policy.idle import IDLE_KINDS
from reaper.policy.policy import Policy


def parse(text: str | bytes, source: str, kinds: Collection[str] | None = None) -> Policy:
    """Read one policy. `kinds` are those that may be kept; without them the names in `keep` are not checked.

    Raises:
        Unusable: one line per complaint, each `source:line:column: key: what is wrong; what would be right`.
    """
    try:
        document = yaml_document.read(text)
    except UnreadableDocument as error:
        raise yaml_document.refuse(source, [error.complaint]) from error
    try:
        policy = Policy.model_validate(document.value)
    except ValidationError as error:
        found = [complaint for wrong in error.errors() for complaint in _complaints(wrong, document)]
        raise yaml_document.refuse(source, document.complaints + found) from error
    complaints = document.complaints + list(_unknown_kinds(policy, document, kinds))
    if complaints:
        raise yaml_document.refuse(source, complaints)
    return policy


def unlike(word: str, known: Collection[str]) -> str:
    """Say what a mistyped word may have meant."""
    close = get_close_matches(word.lower().replace("-", "_"), sorted(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(sorted(known))}"


def _complaints(wrong: Any, document: Document) -> Iterator[Complaint]:
    path: Path = tuple(wrong["loc"])
    cause = wrong.get("ctx", {}).get("error")
    if isinstance(cause, Contradiction):
        for key, sentence in cause.complaints:
            at = (*path, key) if key else path
            yield _at(at, sentence if at in document.values else f"by default {sentence}", document)
    elif wrong["type"] == "extra_forbidden":
        yield Complaint(document.keys.get(path, yaml_document.START), dotted(path), _unknown_key(path))
    elif wrong["type"] == "missing":
        yield _at(path, "is missing; a policy has to say it", document)
    else:
        yield _at(path, _sentence(wrong, cause), document)


def _at(path: Path, sentence: str, document: Document) -> Complaint:
    """Complain at a path, or at the nearest place above it that the file has."""
    above = path
    while above and above not in document.values:
        above = above[:-1]
    return Complaint(document.values.get(above, yaml_document.START), dotted(path), sentence)


def _sentence(wrong: Any, cause: object) -> str:
    given = wrong["input"]
    if not wrong["loc"]:
        return "this is no policy; it begins with `policy: NAME`, and `match:` says which tenants it covers"
    if given is None:
        return "says nothing; write a value or leave the key out"
    if cause is not None:
        return str(cause)
    if wrong["type"] == "enum":
        return f"{given!r} is not possible; write one of {wrong['ctx']['expected'].replace(chr(39), '')}"
    what = "a list" if isinstance(given, list) else "a section" if isinstance(given, dict) else "a text"
    expected = {
        "tuple_type": f"a list is expected here; write [{given if isinstance(given, str) else '...'}]",
        "model_type": f"a section is expected here, not {what}; write its keys below it, indented",
        "string_type": f"a text is expected here, not {what}; write it in quotes",
    }
    return expected.get(wrong["type"], str(wrong["msg"]))


def _unknown_key(path: Path) -> str:
    section: type[BaseModel] | None = _section(path[:-1])
    word = str(path[-1])
    known = _keys(section) if section is not None else []
    elsewhere = [name for name, at in _sections() if word in _keys(at)]
    if elsewhere and word not in known:
        return f"unknown key here; it belongs under {elsewhere[0]}"
    return f"unknown key; {unlike(word, known)}"


def _keys(section: type[BaseModel]) -> list[str]:
    return [given.alias or name for name, given in section.model_fields.items()]


def _sections() -> list[tuple[str, type[BaseModel]]]:
    fields = Policy.model_fields.items()
    return [(name, f.annotation) for name, f in fields if isinstance(f.annotation, type) and _is_section(f.annotation)]


def _is_section(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _section(path: Path) -> type[BaseModel] | None:
    """Find the section that a path leads into."""
    at: Any = Policy
    for part in path:
        if isinstance(part, str):
            at = at.model_fields[part].annotation
    return at if _is_section(at) else next((a for a in getattr(at, "__args__", ()) if _is_section(a)), None)


def _unknown_kinds(policy: Policy, document: Document, kinds: Collection[str] | None) -> Iterator[Complaint]:
    for at, kind in enumerate(policy.reclaim.keep):
        if kinds is not None and kind not in kinds:
            yield _at(("reclaim", "keep", at), f"there is no kind {kind!r}; {unlike(kind, kinds)}", document)
    for at, rule in enumerate(policy.idle):
        if rule.kind not in IDLE_KINDS:
            sentence = f"nothing tells whether a {rule.kind!r} is idle; {unlike(rule.kind, IDLE_KINDS)}"
            yield _at(("idle", at, "kind"), sentence, document)
