"""A real OpenStack control plane on loopback: booted, faulted, reset and ended at a test's word."""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from .base import BASE
from .boot import Boot
from .clouds import write_clouds_yaml
from .database import Databases
from .errors import CannotBoot, LabBroke
from .install import install
from .journal import Journal, Mark, Request
from .processes import Processes
from .progress import say, step
from .releases import release_of
from .services import services_of
from .settings import CLOUD, Settings, read_settings

GOLDEN = "golden"
# Nova's workers take up to 10 s to end gracefully; what matters is in the databases, and those get the time they need.
_PATIENCE = 2.0


class Lab:
    """One lab; making the object starts nothing.

    `clouds_yaml` and `cloud` are what openstack.config needs to reach it as admin.
    """

    def __init__(self, settings: Settings) -> None:
        release_of(settings)
        self.settings = settings
        self.cloud = CLOUD
        self.clouds_yaml = settings.state / "clouds.yaml"
        self._processes = Processes(settings.records, settings.logs)
        self._journal = Journal(settings)

    @classmethod
    def from_environment(cls) -> "Lab":
        """Make the lab that REAPER_LAB and its relatives describe."""
        return cls(read_settings())

    def up(self) -> None:
        """Boot the lab, or what of it does not run; about a tenth of a second if all does.

        The first time, and when release, ports or services changed, it is made from nothing.

        Raises:
            CannotBoot: this machine does not allow it.
            LabBroke: a part failed to start.
        """
        self._make_folders()
        with self._alone():
            install(self.settings)
            if not self._is_made():
                self._forget()
                self._make_folders()
            write_clouds_yaml(self.settings, self.clouds_yaml)
            self._boot.start_all()
            if not self._is_made():
                with step("keeping a copy of the empty cloud"):
                    self._databases.save(GOLDEN)
                self._stamp.write_text(self.settings.fingerprint)

    def down(self) -> None:
        """End every process of the lab; its state stays for the next `up`."""
        running = set(self._processes.names())
        self._processes.stop(running - set(BASE), _PATIENCE)
        self._processes.stop(running & {"mariadb", "memcached", "rabbit"})
        self._processes.stop(running & {"epmd"})

    def reset(self) -> None:
        """Return to the empty cloud `up` made; ids of its admin, image and networks stay, so do tokens."""
        self.load(GOLDEN)

    def save(self, name: str) -> None:
        """Keep the whole cloud under a name."""
        self._databases.save(name)

    def load(self, name: str) -> None:
        """Return to a saved cloud, without a restart."""
        self._databases.load(name)

    def stop(self, name: str) -> None:
        """End one process, as a fault; its name is one of `status`, such as neutron or nova-compute."""
        self._known(name)
        self._processes.stop([name], 20.0 if name in BASE else _PATIENCE)

    def start(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """Start one process and wait until it works; `environment` may hold REAPER_LAB_DESTROY_DELAY and the like."""
        self._known(name)
        self._boot.start(name, environment or {})

    def status(self) -> dict[str, float | None]:
        """Return the memory of each process in MiB; None for one that does not run."""
        running = {name: self._processes.pid_of(name) for name in self._boot.names()}
        return {name: self._processes.memory(name) if pid else None for name, pid in running.items()}

    def wipe(self) -> None:
        """End the lab and remove its state but for the installed services."""
        self.down()
        self._forget()

    def log_of(self, service: str) -> Path:
        """Return the log of the requests a service answered."""
        return self._journal.log_of(service)

    def mark(self) -> Mark:
        """Return this moment, for `requests_since`."""
        return self._journal.mark()

    def requests_since(self, mark: Mark) -> list[Request]:
        """List the requests the services answered since a mark, their calls to one another included."""
        return self._journal.requests_since(mark)

    @cached_property
    def _databases(self) -> Databases:
        services = services_of(self.settings)
        names = [name for service in services for name in service.schemas]
        return Databases(self.settings, names, [folder for service in services for folder in service.content])

    @cached_property
    def _boot(self) -> Boot:
        return Boot(self.settings, self._processes, self._databases)

    @property
    def _stamp(self) -> Path:
        return self.settings.var / "made"

    def _is_made(self) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == self.settings.fingerprint

    def _known(self, name: str) -> None:
        if name not in self._boot.names():
            raise ValueError(f"the lab has no process {name!r}: one of {', '.join(self._boot.names())} would be right")

    def _make_folders(self) -> None:
        settings = self.settings
        for folder in (settings.conf, settings.logs, settings.var, settings.records, settings.copies):
            folder.mkdir(parents=True, exist_ok=True)

    def _forget(self) -> None:
        """Remove everything but the venvs, also what an interrupted first boot left."""
        self.down()
        settings = self.settings
        for folder in (settings.conf, settings.var, settings.records, settings.copies):
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let two commands on one lab boot it one after the other."""
        with (self.settings.state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def lab_or_reason() -> "Lab | str":
    """Boot the lab of the environment; returns it, or one sentence that says why this machine cannot.

    Raises:
        LabBroke: the machine could, but a part failed to start: a failure, no reason to skip.
    """
    lab = Lab.from_environment()
    try:
        lab.up()
    except CannotBoot as reason:
        return str(reason)
    return lab


def show_status(lab: Lab) -> None:
    """Print one line per process."""
    memory = lab.status()
    for name, used in memory.items():
        say(f"{name:18} {'does not run' if used is None else f'{used:6.0f} MiB'}")
    say(f"{'in all':18} {sum(used or 0 for used in memory.values()):6.0f} MiB")


__all__ = ["CannotBoot", "Lab", "LabBroke", "lab_or_reason", "show_status"]
