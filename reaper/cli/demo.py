"""`reaper demo`: a month of a free cloud, watched."""

from __future__ import annotations

import click


@click.command()
def demo() -> None:
    """Watch a free cloud live through a month in about a minute."""
