"""What the demo shows on a terminal: tenants, the pool over time, the news."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from reaper.demo.stage import DAYS, Play
from reaper.lifecycle import deadline, inconsistency
from reaper.model import State, Tenant

BLOCKS = " ▁▂▃▄▅▆▇█"
COLOURS = {
    State.ACTIVE: "green",
    State.SUSPENDED: "yellow",
    State.RECLAIMING: "red",
    State.RECLAIMED: "dim",
    State.QUARANTINED: "magenta",
}


def picture(play: Play, width: int = 110, news: int = 8) -> RenderableType:
    """Draw everything as it stands."""
    return Group(_heading(play, width), _tenants(play), _pool(play, width), _news(play, news))


def _heading(play: Play, width: int) -> RenderableType:
    now, counts = play.world.clock.now(), play.counts
    done = "   ".join(
        f"{word} {counts[word]}" for word in ("renewed", "suspended", "restored", "reclaimed", "quarantined")
    )
    when = Text.assemble(
        ("Reaper  ", "bold"), (f"{now:%A %d %B %Y, %H:%M}", "cyan"), f"   letters {play.world.post.count}"
    )
    return Group(when, Text(done, style="bold"), ProgressBar(total=DAYS, completed=play.world.day, width=width))


def _tenants(play: Play) -> Table:
    table = Table(pad_edge=False, header_style="bold", expand=False)
    for title in ("project", "what its people do", "state", "ends", "letters", "renewed"):
        table.add_column(title, no_wrap=True)
    table.add_column("servers", justify="right")
    tenants = {tenant.name: tenant for tenant in play.world.app.store.ledger.tenants()}
    for player in play.world.players.values():
        if player.seeded is None:
            continue
        tenant = tenants.get(player.role.name)
        servers = len(play.world.sim.inventory(player.seeded.project_id)["server"])
        table.add_row(
            player.role.name,
            player.role.fate,
            _state(tenant),
            _ends(tenant, play),
            str(sum(player.letters.values())),
            str(player.renewals or ""),
            "■" * servers or "·",
        )
    return table


def _state(tenant: Tenant | None) -> Text:
    if tenant is None:
        return Text("no tenant", style="dim")
    if tenant.hold is not None:
        return Text("ON HOLD", style="blue")
    return Text(str(tenant.state), style=COLOURS[tenant.state])


def _ends(tenant: Tenant | None, play: Play) -> str:
    now = play.world.clock.now()
    if tenant is None or tenant.state not in (State.ACTIVE, State.SUSPENDED) or inconsistency(tenant, now):
        return ""
    return f"{deadline(tenant, now):%d %b %H:%M}"


def _pool(play: Play, width: int) -> Panel:
    lines: list[RenderableType] = []
    for name, colour in (("servers running", "green"), ("floating IPs", "cyan")):
        values = [step[name] for step in play.pool]
        lines += [Text(f"{name}: {values[-1] if values else 0}", style=colour)]
        lines += [Text(row, style=colour) for row in chart(values, width - 4, height=3)]
    return Panel(Group(*lines), title="the shared pool over time", title_align="left", width=width)


def chart(values: Sequence[int], width: int, height: int) -> list[str]:
    """Draw values as columns of blocks, the latest `width` of them (or fewer values stretched), from the top down."""
    if not values:
        return [""] * height
    stretch = max(1, width // (DAYS * 4))
    shown = [value for value in values for _ in range(stretch)][-width:]
    top = max(*values, 1)
    rows = []
    for level in range(height - 1, -1, -1):
        filled = [value / top * height - level for value in shown]
        rows.append("".join(BLOCKS[min(8, max(0, round(part * 8)))] for part in filled))
    return rows


def _news(play: Play, count: int) -> Panel:
    lines = play.news[-count:]
    return Panel(Text("\n".join(lines), overflow="ellipsis", no_wrap=True), title="news", title_align="left")
