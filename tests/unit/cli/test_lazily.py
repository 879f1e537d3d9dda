"""The names and lines by which commands are known before they are loaded."""

import click

from reaper.cli import reaper
from reaper.cli.lazily import LazyGroup


def groups(command, name="reaper"):
    """Go through a group and the groups in it."""
    if isinstance(command, LazyGroup):
        yield name, command
    if isinstance(command, click.Group):
        for each in command.commands:
            yield from groups(command.commands[each], f"{name} {each}")


def test_what_is_said_of_a_command_before_it_is_loaded_is_what_it_says_itself():
    seen = 0
    for name, group in groups(reaper):
        for each in group.commands:
            said, command = group._lazy.help_of(each), group.commands[each]
            assert (command.name, said) == (each, command.get_short_help_str(120)), name
            seen += 1
    assert seen > 20
