"""`reaper demo`: a month of a free cloud, watched."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live

from reaper.cli.output import formatted, pairs, say, say_json
from reaper.clock import SystemClock
from reaper.daemon import set_up_logs
from reaper.demo import Play, Watch, folder_for_looking, perform, picture

#: Seconds between steps on a terminal: about a minute for the whole play.
PAUSE = 0.2
WIDEST = 118


@click.command()
@click.option("--once", is_flag=True, help="End by itself instead of staying up to be looked at.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Also draw the last picture here.")
@formatted
def demo(style: str, svg: Path | None, *, once: bool) -> None:
    """Watch a free cloud live through a month in about a minute.

    A simulated OpenStack with real HTTP, a real mail server and the real pages; nothing leaves this machine.
    """
    set_up_logs("text", "critical")
    folder = folder_for_looking()
    ended: list[dict[str, int]] = []

    def at_the_end(play: Play) -> None:
        ended.append(play.summary())
        if svg is not None:
            _draw(play, svg)
        if not once:
            _show(style, ended[0], folder)
            _tell_where(play)
            _stay()

    if sys.stderr.isatty():
        with Live(console=Console(stderr=True), auto_refresh=False) as live:
            summary = perform(folder, _lively(live), at_the_end)
    else:
        summary = perform(folder, _plainly(), at_the_end)
    if once:
        _show(style, summary, folder)


def _show(style: str, summary: dict[str, int], folder: Path) -> None:
    if style == "json":
        say_json(summary)
        return
    out = Console(highlight=False)
    out.print(pairs(summary))
    out.print(f"Letters, ledger and settings lie in {folder}", soft_wrap=True)


def _stay() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def _lively(live: Live) -> Watch:
    """Draw everything again after each step."""
    clock = SystemClock()

    def watch(play: Play) -> None:
        live.update(picture(play, min(WIDEST, live.console.width)), refresh=True)
        clock.wait(PAUSE)

    return watch


def _plainly() -> Watch:
    """Print each piece of news once, as it comes."""
    said = 0

    def watch(play: Play) -> None:
        nonlocal said
        for line in play.news[said:]:
            say(line, err=True)
        said = len(play.news)

    return watch


def _draw(play: Play, svg: Path) -> None:
    console = Console(record=True, width=WIDEST, file=io.StringIO())
    console.print(picture(play, WIDEST))
    drawn = console.export_svg(title="reaper demo")
    # No font is fetched from anywhere: whoever opens the picture has a monospaced one.
    svg.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")


def _tell_where(play: Play) -> None:
    say("\nEverything stays up to be looked at; Ctrl-C ends it.", err=True)
    for player in play.world.players.values():
        if player.last_link is not None:
            say(f"  {player.role.name:<16} {player.last_link}", err=True)
