"""Whatever people call their projects and servers, an admin's terminal shows it and obeys none of it.

A project's name is up to whoever may create one: a closing tag of the table's markup in it has crashed every list it
stood in, and escape sequences in a network's name have reached the terminal of whoever asked for a plan.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
import structlog

from reaper import cli
from reaper.cli import main
from reaper.daemon import logger, set_up_logs

MARKUP, ESCAPES = "trial-\\[/x]", "net\x1b]0;PWNED\x07\x1b[2J\u202etxt"
COMMANDS = (("tenant", "list"), ("plan",), ("status",), ("tenant", "show", f"sim/{MARKUP}"), ("letter", "list"))


@pytest.fixture
def named(sim, terminal):
    made = sim.seed.tenant(MARKUP, email="a@example.org", servers=1)
    sim.seed.network(made.project_id, ESCAPES)
    sim.seed.server(made.project_id, ESCAPES)
    terminal.ask("sweep")
    return terminal


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("style", ["table", "json"])
def test_a_name_is_shown_and_never_obeyed(named, words, style):
    answer = named.say(*words, "-f", style)
    assert answer.exit_code == 0, (answer.output, answer.exception)
    assert not {"\x1b", "\x07", "\u202e"} & set(answer.output)


def test_a_name_that_looks_like_markup_stands_in_the_table_as_it_is(named):
    assert MARKUP in named.say("tenant", "list").output


def test_a_refusal_shows_the_name_it_was_given_and_obeys_none_of_it(named, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--config-file", str(tmp_path / "reaper.conf"), "tenant", "show", "sim/\x1b[2Jnobody"])
    said = capsys.readouterr().err
    assert ended.value.code in (1, 2)
    assert "\\x1b[2Jnobody" in said
    assert "\x1b" not in said


def test_everything_the_commands_print_goes_through_the_one_place_that_makes_it_harmless():
    """Only `output` may print: a command that echoes by itself would send a name as it is."""
    here = Path(cli.__file__).parent
    own = [path for path in here.glob("*.py") if path.name != "output.py"]
    assert [
        path.name for path in own if re.search(r"click\.secho|click\.echo|(?<![\w.])print\(", path.read_text())
    ] == []


@pytest.fixture
def _logging():
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging")
def test_a_line_of_the_log_cannot_act_on_the_terminal_that_shows_it(capsys):
    set_up_logs("text", "info")
    logger("names").info("swept", action="swept", tenant="trial\x1b[2J\u202e")
    logger("names").warning("trial\x1b]0;PWNED\x07", action="warned")
    assert not {"\x07", "\u202e"} & set(capsys.readouterr().err)
