"""A tenant's state is written in one place: the functions of the lifecycle that own the transitions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from reaper.model import Lease, Tenant

ROOT = Path(__file__).resolve().parents[3]
#: The modules that may make a change of a tenant.
OWNERS = {
    f"reaper/lifecycle/{name}.py" for name in ("transitions", "suspension_changes", "lease_changes", "notice_round")
}
#: What may be different in a copy that is only looked at, or comes from elsewhere: who it is, and what others judge.
NOT_STATE = {"id", "cloud", "project_id", "name", "domain", "tags", "people", "version", "damaged", "lease", "memory"}
BEARING = {field.name for field in fields(Tenant)} - NOT_STATE
BEARING |= {field.name for field in fields(Lease)} - {"id", "terms", "started_at", "notices"}
#: Words of other records that have a state of their own.
OTHERS = ("ArchiveState.", "LetterState.")
#: Who makes a tenant of nothing: of rows, and of a project that is new.
MAKERS = {"reaper/store/rows.py", "reaper/observe.py"}
#: Has records of its own, or tenants that are made up to be looked at.
NOT_OURS = ("reaper/simulator/", "reaper/cloud/", "reaper/mail/preview.py")
#: Who may record a change of a tenant: the verbs, and the operations that people ask for.
RECORDERS = ("reaper/operations/", "reaper/store/", "reaper/sweep/", "reaper/observe.py", "reaper/deliver/")


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def sources() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "reaper").rglob("*.py")):
        yield str(path.relative_to(ROOT)), path


def writes_state(name: str, call: ast.Call) -> bool:
    """Whether a call copies a tenant or lease with another state; letters and archives have states of their own."""
    if name.rsplit(".", maxsplit=1)[-1] not in {"replace", "__setattr__", "setattr"}:
        return False
    words = {each.arg for each in call.keywords if not ast.unparse(each.value).startswith(OTHERS)}
    named = {each.value for each in call.args if isinstance(each, ast.Constant)}
    return bool((words | named) & BEARING) or any(each.arg is None for each in call.keywords)


def test_no_state_of_a_tenant_is_written_outside_the_transitions():
    found = [
        f"{where}:{call.lineno}"
        for where, path in sources()
        if where not in OWNERS and not where.startswith(NOT_OURS)
        for name, call in calls(path)
        if writes_state(name, call)
    ]
    assert found == []


def test_only_the_transitions_make_a_change_of_a_tenant():
    made = {where for where, path in sources() for name, _ in calls(path) if name.split(".")[-1] == "Change"}
    assert made <= OWNERS


def test_only_the_verbs_and_the_operations_record_a_change_of_a_tenant():
    ours = [(where, path) for where, path in sources() if not where.startswith("reaper/simulator/")]
    found = {
        where
        for where, path in ours
        for name, _ in calls(path)
        if name.endswith("ledger.record") and not where.startswith(RECORDERS)
    }
    assert found == set()


def test_nobody_makes_a_tenant_but_of_rows_and_of_what_a_census_finds():
    made = {where for where, path in sources() for name, _ in calls(path) if name.split(".")[-1] == "Tenant"}
    assert made == MAKERS


def test_only_the_judgement_by_policies_makes_a_judged_tenant():
    made = {where for where, path in sources() for name, _ in calls(path) if name.split(".")[-1] == "Judged"}
    assert made == {"reaper/policy/standing.py", "reaper/mail/preview.py"}


@pytest.mark.parametrize(
    "line",
    [
        "replace(tenant, state=State.ACTIVE)",
        "dataclasses.replace(tenant, hold=None, next_due_at=now)",
        "replace(tenant.lease, expires_at=now)",
        "replace(tenant, **changes)",
        "object.__setattr__(tenant, 'state', State.ACTIVE)",
    ],
)
def test_the_rule_sees_each_way_to_write_a_state(line):
    (call,) = (node for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Call) and ast.unparse(node) == line)
    assert writes_state(ast.unparse(call.func), call)
