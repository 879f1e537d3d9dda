"""The play: five weeks in steps of six hours, and what came of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from reaper.demo.world import World, open_world
from reaper.sweep import Tally

STEP = timedelta(hours=6)
DAYS = 35
#: The day on which somebody asks `reaper plan` what the next sweep would do: many are due then.
LOOK_ON = 15


@dataclass
class Play:
    """What has happened so far; the screen reads it."""

    world: World
    counts: Counter[str] = field(default_factory=Counter)
    pool: list[dict[str, int]] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    writes_by_plan: int = 0

    def say(self, text: str) -> None:
        """Add a line to the news."""
        self.news.append(f"{self.world.clock.now():%a %d %b %H:%M}  {text}")

    def summary(self) -> dict[str, int]:
        """Return what the demo prints as JSON."""
        words = ("renewed", "suspended", "restored", "reclaimed", "quarantined")
        return {
            "tenants": len(list(self.world.app.store.ledger.tenants())),
            "letters": self.world.post.count,
            **{word: self.counts[word] for word in words},
            "leftovers": self.world.leftovers(),
            "writes_by_plan": self.writes_by_plan,
        }


Watch = Callable[[Play], None]


def perform(folder: Path, watch: Watch, linger: Callable[[Play], None] | None = None) -> dict[str, int]:
    """Play the month in this folder; `watch` is called after each step, `linger` at the end with everything running."""
    with open_world(folder) as world:
        play = Play(world)
        for step in range(DAYS * 4):
            _step(play, step)
            watch(play)
            world.clock.advance(STEP)
        summary = play.summary()
        if linger is not None:
            linger(play)
        return summary


def _step(play: Play, step: int) -> None:
    world = play.world
    newcomers = [p.role.name for p in world.players.values() if p.seeded is None]
    world.seat()
    for name in newcomers:
        if world.players[name].seeded is not None and step:
            play.say(f"{name} appears")
    seen = world.app.observe()
    if step == 0:
        world.put_on_hold()
        play.say(f"{seen.projects} projects seen, {seen.covered} of them are trial tenants: each gets a lease")
    if world.day == LOOK_ON and step % 4 == 0:
        play.writes_by_plan += world.look_before()
        play.say(f"somebody asks for the plan; the cloud saw {play.writes_by_plan} writes of it")
    _tell(play, world.app.sweep())
    world.app.deliver()
    for name, kind, letter, renewed in world.read_mail():
        play.say(f"letter to {', '.join(letter.to)}: {letter.subject}")
        if renewed:
            play.counts["renewed"] += 1
            play.say(f"{name} follows the link in the {kind} letter and renews")
    play.pool.append(world.in_use())


def _tell(play: Play, tally: Tally) -> None:
    for word in ("suspended", "restored", "reclaimed", "quarantined"):
        play.counts[word] += tally.counts[word]
    for word, tenant, text in tally.lines:
        if word != "warned":
            play.say(f"{tenant.partition('/')[2]} {word}: {text}" if text else f"{tenant.partition('/')[2]} {word}")
    for gate in tally.gates:
        play.say(f"closed gate: {gate}")


def folder_for_looking() -> Path:
    """Make the folder in which letters and ledger can be looked at afterwards."""
    return Path(tempfile.mkdtemp(prefix="reaper-demo-"))
