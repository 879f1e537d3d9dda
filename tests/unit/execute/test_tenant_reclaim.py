"""The state of one tenant's reclaim is changed by its own methods, and by nothing else."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

from reaper.execute.tenant_reclaim import TenantReclaim

HERE = Path(__file__).parents[3] / "reaper" / "execute"
FIELDS = {field.name for field in fields(TenantReclaim)}
CHANGES = {
    "add", "append", "clear", "difference_update", "discard", "extend", "intersection_update", "pop", "popitem",
    "remove", "setdefault", "update",
}  # fmt: skip


def of_another(node: ast.expr) -> bool:
    """Whether an expression is a field of a reclaim that is not the writer's own `self`."""
    while isinstance(node, ast.Subscript):
        node = node.value
    own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    return isinstance(node, ast.Attribute) and node.attr in FIELDS and not own


def changed_from_outside(tree: ast.AST) -> list[str]:
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.Delete)):
            found += [one for target in node.targets for one in getattr(target, "elts", [target])]
        elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            found.append(node.target)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGES:
            found.append(node.func.value)
    return [ast.unparse(one) for one in found if of_another(one)]


def test_nobody_else_changes_what_a_reclaim_knows():
    others = [path for path in HERE.glob("*.py") if path.name != "tenant_reclaim.py"]
    assert {path.name: found for path in others if (found := changed_from_outside(ast.parse(path.read_text())))} == {}


def test_the_search_would_find_such_a_change():
    lines = ("reclaim.stopped = 'x'", "del one.reclaim.remaining[key]", "w.under_way.discard(key)", "r.gone |= {key}")
    assert [len(changed_from_outside(ast.parse(line))) for line in lines] == [1, 1, 1, 1]
