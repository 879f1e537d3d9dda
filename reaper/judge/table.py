"""The table as the documents show it, made from the table that is judged by."""

from __future__ import annotations

from datetime import timedelta

from reaper.judge.permit import LASTS
from reaper.judge.steps import TABLE, Need, Step

BEGIN, END = "<!-- the table of the judge: made by reaper.judge.table -->", "<!-- end of the table -->"


def table() -> str:
    """Render what each step needs, as Markdown."""
    needs = list(dict.fromkeys(need for row in TABLE.values() for need in row))
    numbers = {need: number for number, need in enumerate(needs, 1)}
    facts = ["| No. | fact | must say | at most old |", "| --- | --- | --- | --- |"]
    facts += [f"| {numbers[one]} | {one.about} | {one.words} | {_span(one.at_most)} |" for one in needs]
    steps = ["| step | needs |", "| --- | --- |"]
    steps += [f"| {step} | {_listed(step, numbers)} |" for step in TABLE]
    last = f"A permit lives {_span(LASTS)}."
    return "\n".join([BEGIN, "", *facts, "", *steps, "", last, "", END])


def _listed(step: Step, numbers: dict[Need, int]) -> str:
    return ", ".join(str(number) for number in sorted(numbers[need] for need in TABLE[step]))


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for size, word in ((86400, "d"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {word}"
    return f"{seconds} s"
