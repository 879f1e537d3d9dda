"""Settings in, a wired App out. Only this package knows both sides of every port."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum
from functools import partial

from reaper import config
from reaper.app.settings import pace_of
from reaper.app.verbs import App
from reaper.clock import SystemClock
from reaper.config import Settings
from reaper.daemon import Passes, this_life
from reaper.errors import Unusable
from reaper.execute import Pools
from reaper.mail import LetterRenderer
from reaper.model import Enforce
from reaper.paths import share
from reaper.ports import Clock, Cloud, CloudReader
from reaper.store import open_store


class Reach(StrEnum):
    """How far an App reaches: the ledger alone, clouds to look at, or clouds to change."""

    LEDGER = "ledger"
    LOOK = "look"
    WRITE = "write"


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    create: bool = False,
    reach: Reach = Reach.LEDGER,
    cloud_files: list[str] | None = None,
) -> App:
    """Wire an App.

    Args:
        settings: What the operator has said.
        clock: The system's unless given.
        create: Whether an empty database is given its schema.
        reach: Which clients are made; those to look at have no way to write.
        cloud_files: Where clouds.yaml lies, if not where openstack.config looks.

    Raises:
        Unusable: policies, database or clouds.yaml cannot be used as they are.
    """
    clock = clock or SystemClock()
    policies = config.load_policies(settings)
    trouble = config.sender_trouble(settings.mail) if reach is Reach.WRITE else None
    if trouble and any(policy.enforce.reaches(Enforce.NOTIFY) for policy in policies):
        raise Unusable(f"mail.sender: {trouble}")
    readers, clouds = ({}, {}) if reach is Reach.LEDGER else _clients(settings, reach, clock, cloud_files)
    domain = parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "reaper.localhost"
    store = open_store(
        settings.database.connection,
        share("migrations"),
        mail_domain=domain,
        claimer=this_life(),
        create=create,
        mark=settings.web.secret_file.with_name("ledger.mark"),
    )
    return App(
        settings=settings,
        clock=clock,
        store=store,
        readers=readers,
        clouds=clouds,
        pools=Pools(settings.limits.workers),
        signer=None,
        policies=policies,
        renderer=LetterRenderer(share("notify"), settings.letters_dir),
        passes=Passes(
            {
                "observe": settings.sweep.observe_every,
                "sweep": settings.sweep.sweep_every,
                "deliver": settings.sweep.deliver_every,
            },
            settings.sweep.longest_pass,
            clock.monotonic,
        ),
        pace=pace_of(settings),
    )


def _clients(
    settings: Settings, reach: Reach, clock: Clock, cloud_files: list[str] | None
) -> tuple[dict[str, CloudReader], dict[str, Cloud]]:
    """Make the clients to read with, and those to write with if it may reach so far."""
    from reaper import cloud  # noqa: PLC0415 - its library takes long to load, and the ledger's commands do without

    connect = partial(
        partial(cloud.connect, clock=clock) if reach is Reach.WRITE else cloud.look_at,
        protect=settings.protect,
        workers=settings.limits.workers,
        timeout=settings.limits.timeout.total_seconds(),
        config_files=cloud_files,
    )
    made = {name: connect(name) for name in settings.clouds}
    return dict(made), {name: client for name, client in made.items() if isinstance(client, cloud.Writer)}
