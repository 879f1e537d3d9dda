"""The shape of the repository: what lies where, who may know whom, and that the lists which belong together agree."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

import reaper
from reaper.cloud.rows import ROWS
from reaper.kinds import BY_NAME, KINDS
from reaper.letters import KNOWN, TEMPLATES
from reaper.paths import SHARED, share
from reaper.policy import parse
from reaper.simulator.kinds import table_of

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 300
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DISTRIBUTION = PYPROJECT["project"]["name"]
# What a declared library hands out as part of its own interface.
PART_OF = {"markupsafe": "jinja2", "werkzeug": "flask"}
DRIVERS = {"openstackclient", "psycopg", "pymysql"}  # by name: SQLAlchemy imports the last two
# SQLAlchemy, aiosmtpd and html.parser chose these names.
OVERRIDDEN = {"process_bind_param", "process_result_value", "handle_DATA", "smtp_DATA", "handle_data"}
VAGUE = {"manager", "helper", "helpers", "util", "utils", "handler", "process", "data", "info"}


def sources(*folders: str) -> list[Path]:
    """Return the Python files of the repository's folders, all of its own when none is named."""
    places = folders or ("reaper", "tests", "migrations", "benchmarks")
    return sorted(path for folder in places for path in (ROOT / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def defined_names(path: Path) -> Iterator[str]:
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    yield path.stem
    yield from {node.name for node in ast.walk(tree(path)) if isinstance(node, kinds)} - OVERRIDDEN


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ---------------------------------------------------------------- modules


def test_every_folder_of_code_is_looked_at():
    for folder in ("reaper", "tests", "migrations"):
        assert sources(folder), f"{folder}/ holds no Python file"


def test_no_module_is_over_300_lines():
    lengths = {relative(path): len(path.read_text().splitlines()) for path in (*sources(), ROOT / "setup.py")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_every_module_opens_with_a_sentence():
    silent = [relative(path) for path in sources("reaper", "migrations") if not ast.get_docstring(tree(path))]
    assert silent == []


def test_no_name_is_vague():
    named = {f"{relative(path)}: {name}" for path in sources("reaper") for name in defined_names(path)}
    assert {name for name in named if VAGUE & {*words(name.split(": ")[1])}} == set()


def test_no_public_class_bears_the_name_of_another():
    """One word names one thing: who reads a name must not have to ask which of two it is."""
    places: dict[str, list[str]] = {}
    for path in sources("reaper"):
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(relative(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_no_function_below_the_commands_knows_a_dry_run():
    told = [
        f"{relative(path)}:{node.lineno}"
        for path in sources("reaper")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.arg) and "dry" in words(node.arg) and "cli" not in path.parts
    ]
    assert told == []


def test_nothing_is_mocked_but_in_the_unit_tests_of_the_cloud_adapter():
    mocked = [relative(p) for p in sources() if any(name.startswith(("unittest.mock", "mock")) for name in imports(p))]
    assert [path for path in mocked if not path.startswith("tests/unit/cloud/")] == []


def test_nobody_takes_a_mail_server_that_leaves_its_event_loop_open():
    """aiosmtpd's controllers make a loop when they are constructed; `reaper.mail.listener` has one while it runs."""
    taken = [
        relative(path) for path in sources() if any(name.startswith("aiosmtpd.controller") for name in imports(path))
    ]
    assert taken == []


def test_importing_a_module_does_nothing():
    command = [sys.executable, "-B", "-W", "ignore", str(ROOT / "tests" / "watch_imports.py"), str(ROOT / "reaper")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == []


# ---------------------------------------------------------------- who may know whom


def test_the_arrows_hold():
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def owned_libraries() -> set[str]:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    contract = next(each for each in contracts if each["name"] == "Each library has one owner")
    owners = [re.fullmatch(r"(reaper\.\w+)(?:\.\*\*)? -> (\w+)", pair) for pair in contract["ignore_imports"]]
    assert all(owners), "every exception of the contract reads: owner -> library"
    return set(contract["forbidden_modules"])


def declared_distributions() -> set[str]:
    """Return the names of the distributions that a running Reaper may need, as pyproject.toml names them."""
    wanted = [*PYPROJECT["project"]["dependencies"]]
    for extra, more in PYPROJECT["project"]["optional-dependencies"].items():
        wanted += more if extra != "test" else []
    return {normal(re.match(r"[\w.-]+", requirement)[0]) for requirement in wanted}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def third_party(folder: str) -> set[str]:
    roots = {name.split(".")[0] for path in sources(folder) for name in imports(path)}
    return {PART_OF.get(root, root) for root in roots - set(sys.stdlib_module_names) - {"reaper"}}


def test_every_library_in_use_is_declared_and_has_an_owner():
    origins = packages_distributions()
    used = third_party("reaper")
    declared = declared_distributions()
    undeclared = {root for root in used if declared.isdisjoint(normal(name) for name in origins.get(root, []))}
    assert undeclared == set()
    assert used - owned_libraries() == set()


def test_every_declared_library_is_in_use():
    provided: dict[str, set[str]] = {}
    for root, distributions in packages_distributions().items():
        for name in distributions:
            provided.setdefault(normal(name), set()).add(root)
    used = third_party("reaper") | DRIVERS
    assert {name for name in declared_distributions() if provided.get(name, set()).isdisjoint(used)} == set()


# ---------------------------------------------------------------- lists that belong together


def test_every_kind_that_must_go_first_exists():
    named = {
        name
        for kind in KINDS
        for name in (*kind.after, kind.listed_with, kind.parent and kind.parent.kind, *kind.leaves_with, *kind.beside)
        if name
    }
    assert named <= set(BY_NAME)
    assert len(BY_NAME) == len(KINDS)


def test_the_order_in_which_kinds_go_has_no_circle():
    order = TopologicalSorter({kind.name: kind.after for kind in KINDS}).static_order()
    assert set(order) == set(BY_NAME)


def test_every_kind_has_its_row_in_the_cloud_adapter():
    assert [row.kind for row in ROWS] == [kind.name for kind in KINDS]


def test_every_kind_has_its_twin_in_the_simulator():
    assert all(table_of(kind.name) for kind in KINDS)


def test_just_the_kinds_that_may_be_idle_can_be_deleted_by_themselves():
    assert {row.kind for row in ROWS if row.remove_alone} == {kind.name for kind in KINDS if kind.idle_when}


SHIPPED_POLICIES = sorted((ROOT / "policies").glob("*.yaml"))


def test_policies_are_shipped():
    assert ROOT / "policies" / "trial.yaml" in SHIPPED_POLICIES


@pytest.mark.parametrize("path", SHIPPED_POLICIES, ids=lambda path: path.name)
def test_every_shipped_policy_parses(path):
    assert parse(path.read_text(), str(path), BY_NAME).name == path.stem


@pytest.mark.parametrize("letter", TEMPLATES)
def test_every_letter_has_subject_text_and_html_in_every_language(letter):
    folders = [ROOT / "notify" / letter / language for language in KNOWN]
    wanted = [folder / part for folder in folders for part in ("subject.txt.j2", "body.txt.j2", "body.html.j2")]
    assert [relative(path) for path in wanted if not path.exists() or not path.read_text().strip()] == []


def test_no_folder_of_letters_is_left_over():
    found = {path.parts[len(ROOT.parts) + 1] for path in (ROOT / "notify").glob("*/*/subject.txt.j2")}
    assert found == {*TEMPLATES}


def test_the_version_is_one():
    assert reaper.__version__ == version(DISTRIBUTION)


def test_what_is_shipped_beside_the_package_lies_there():
    assert [share(name) for name in SHARED] == [ROOT / name for name in SHARED]
