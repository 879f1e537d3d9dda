"""Groups of commands whose modules are imported when one of their commands is wanted, and not to name them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem


class Commands(MutableMapping[str, click.Command]):
    """Commands by name; each is loaded when it is asked for. A name alone, or whether there is one, loads nothing."""

    def __init__(self, later: dict[str, tuple[str, str]]) -> None:
        """Take where each stands ("module:attribute" in reaper.cli) and its help in one line."""
        self._later = later
        self._known: dict[str, click.Command] = {}

    def help_of(self, name: str) -> str:
        """Return the one line of a command."""
        return self._later[name][1] if name in self._later else self._known[name].get_short_help_str(120)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._known:
            module, _, attribute = self._later[name][0].partition(":")
            self._known[name] = getattr(import_module(f"reaper.cli.{module}"), attribute)
        return self._known[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        self._known.pop(name, None)
        del self._later[name]

    def __contains__(self, name: object) -> bool:
        return name in self._later or name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._later, *self._known]))

    def __len__(self) -> int:
        return len(dict.fromkeys(self))


class LazyGroup(click.Group):
    """A group of such commands: neither its help nor completion loads one of them."""

    def __init__(self, *arguments: Any, later: dict[str, tuple[str, str]] | None = None, **more: Any) -> None:
        """Take them as `Commands` does."""
        self._lazy = Commands(dict(later or {}))
        super().__init__(*arguments, **{**more, "commands": self._lazy})

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of the help."""
        rows = [(name, self._lazy.help_of(name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        own = [CompletionItem(name, help=self._lazy.help_of(name)) for name in names]
        return [*own, *click.Command.shell_complete(self, ctx, incomplete)]
