"""The order in which the lab comes up, from an empty folder or after `down`."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .base import BASE, ENVIRONMENT, await_base, describe_base, prepare_base, start_base
from .bootstrap import enrol_services, furnish
from .database import Databases
from .errors import LabBroke
from .journal import LOG_FORMAT
from .processes import Processes, answers, listens, run
from .progress import say, step
from .releases import release_of
from .service import Service, shipped, write_ini
from .services import services_of
from .settings import LOOPBACK, Settings

_DRIVERS = Path(__file__).parent / "drivers"
_ENTRY_POINTS = """\
[neutron.ml2.mechanism_drivers]
reaper_lab = reaper_lab.ports:PortsWithoutAgents

[octavia.network.drivers]
reaper_lab = reaper_lab.balancers:AddressesOnly
"""


class Boot:
    """Starts the parts of one lab."""

    def __init__(self, settings: Settings, processes: Processes, databases: Databases) -> None:
        self._settings = settings
        self._processes = processes
        self._databases = databases
        self._services = {service.api: service for service in services_of(settings)}
        self._owner = {worker: service for service in self._services.values() for worker in service.processes}

    def names(self) -> list[str]:
        """Name all processes, in the order in which they start."""
        return [*BASE, *self._services, *self._owner]

    def start_all(self) -> None:
        """Bring up what does not run; an empty lab gets its schemas, accounts and first resources on the way."""
        asleep = [name for name in self.names() if self._processes.pid_of(name) is None]
        if not asleep:
            self._await(self._services)
            return
        empty = not (self._settings.var / "mariadb" / "mysql").exists()
        self._write_files()
        self._start_base(asleep)
        if empty:
            with step("making the schemas"):
                self._prepare_services()
        asleep = [name for name in asleep if name not in BASE]
        with step(f"starting {', '.join(asleep)}"):
            self._start_services(asleep, empty=empty)
        if empty:
            with step("furnishing the cloud"):
                for region in self._settings.each_region:
                    furnish(region)

    def start(self, name: str, environment: Mapping[str, str]) -> None:
        """Start one process, with more in its environment if need be, and wait until it works."""
        if self._processes.pid_of(name) is None:
            self._refuse_taken_ports([name])
            self._begin([name], environment)
        self._await([name])

    def _start_base(self, asleep: Sequence[str]) -> None:
        self._refuse_taken_ports(asleep)
        with step("starting the base servers"):
            prepare_base(self._settings, self._databases.names)
            for name in ("mariadb", "memcached", "epmd"):
                start_base(self._settings, self._processes, name)
            await_base(self._settings, self._processes, "epmd")  # RabbitMQ would start one that listens everywhere
            start_base(self._settings, self._processes, "rabbit")
            await_base(self._settings, self._processes, "mariadb")

    def _start_services(self, asleep: Sequence[str], *, empty: bool) -> None:
        """Start the APIs, then the workers: Nova's end at once if Keystone and Placement do not answer them.

        nova-compute comes last: it asks nova-conductor for a sign and hears nothing for 10 s if it asked too early.
        """
        self._await(["memcached", "rabbit"])
        needed = [name for name in self._services if name.startswith(("keystone", "placement"))]
        self._begin([name for name in needed if name in asleep])
        self._await(needed)
        if empty:
            enrol_services(self._settings, self._services.values())
        last = [name for name in asleep if name.startswith("nova-compute")]
        self._begin([name for name in asleep if name not in (*needed, *last)])
        self._await([name for name in self._owner if name.startswith("nova-conductor")])
        self._begin(last)
        self._await([*self._services, *self._owner])
        if empty:
            self._discover_hosts()

    def _begin(self, names: Iterable[str], environment: Mapping[str, str] | None = None) -> None:
        for name in names:
            if name in BASE:
                start_base(self._settings, self._processes, name)
            elif name in self._owner:
                self._begin_worker(name, environment or {})
            else:
                self._begin_api(self._services[name], environment or {})

    def _begin_worker(self, name: str, environment: Mapping[str, str]) -> None:
        service = self._owner[name]
        worker = service.processes[name]
        if worker.reports:
            self._databases.forget_heartbeats([name])
        self._processes.start(name, worker.command, {**self._environment(service), **environment})

    def _begin_api(self, service: Service, environment: Mapping[str, str]) -> None:
        settings = self._settings
        listen = ("--http-socket", f"{LOOPBACK}:{service.port}", "--buffer-size", 65535)
        size = ("--processes", settings.processes, "--threads", settings.threads, "--enable-threads")
        life = ("--master", "--lazy-apps", "--need-app", "--die-on-term", "--worker-reload-mercy", 5)
        requests = settings.logs / f"{service.api}.requests.log"
        log = ("--req-logger", f"file:{requests}", "--log-format", LOG_FORMAT, "--log-master-bufsize", 65536)
        # uWSGI's HTTP socket answers one request per connection and must say so, or clients keep dead connections.
        honest = ("--add-header", "Connection: close")
        arguments = ("--pyargv", " ".join(service.arguments)) if service.arguments else ()
        command = (settings.program("uwsgi"), *listen, *size, *life, *log, *honest, *self._application(service))
        seen = {**self._environment(service), **release_of(settings).environment, **environment}
        self._processes.start(service.api, (*command, *arguments), seen)

    def _application(self, service: Service) -> tuple[str, str]:
        """Say in uWSGI's words where a service's WSGI application is: in a module, or in a program of older days."""
        program = release_of(self._settings).programs.get(service.name)
        if program:
            return "--wsgi-file", self._settings.program(program)
        return "--module", f"{service.wsgi}:application"

    def _await(self, names: Iterable[str]) -> None:
        for name in names:
            if name in BASE:
                await_base(self._settings, self._processes, name)
            elif name in self._owner:
                self._await_worker(name)
            else:
                self._await_api(self._services[name])

    def _await_api(self, service: Service) -> None:
        self._processes.wait(service.api, lambda: answers(service.port, service.health))

    def _await_worker(self, name: str) -> None:
        if self._owner[name].processes[name].reports:
            self._processes.wait(name, lambda: self._databases.has_reported(name))
        elif self._processes.pid_of(name) is None:
            raise LabBroke(f"{name} ended instead of starting", self._processes.log_of(name))

    def _environment(self, service: Service) -> dict[str, str]:
        """Return what a service's processes see: nothing of the caller's but the lab's own switches."""
        switches = {name: text for name, text in os.environ.items() if name.startswith("REAPER_LAB_")}
        own = {
            "PATH": f"{self._settings.venv / 'bin'}:{ENVIRONMENT['PATH']}",
            "PYTHONPATH": str(self._settings.conf / "drivers"),
            "PYTHONWARNINGS": "ignore",
        }
        return {**ENVIRONMENT, **switches, **own, **service.environment}

    def _write_files(self) -> None:
        for region in self._settings.each_region:
            (region.var / "locks").mkdir(parents=True, exist_ok=True)
        for service in self._services.values():
            for folder in service.folders:
                folder.mkdir(parents=True, exist_ok=True)
            for name, sections in service.files.items():
                write_ini(service.settings.conf / name, sections)
            for name in service.shipped:
                shutil.copy(shipped(self._settings, name), service.settings.conf / name)
        self._place_drivers()

    def _place_drivers(self) -> None:
        """Put the lab's drivers where the services find them: on their path, with entry points, and within Nova."""
        place = self._settings.conf / "drivers"
        shutil.copytree(_DRIVERS, place, dirs_exist_ok=True)
        marks = place / "reaper_lab-1.dist-info"
        marks.mkdir(exist_ok=True)
        (marks / "METADATA").write_text("Metadata-Version: 2.1\nName: reaper-lab\nVersion: 1\n")
        (marks / "entry_points.txt").write_text(_ENTRY_POINTS)
        for virt in self._settings.venv.glob("lib/python3*/site-packages/nova/virt"):
            # Nova takes drivers from this package of its own only.
            (virt / "reaper_lab.py").write_text("from reaper_lab.servers import LabDriver  # noqa: F401\n")

    def _prepare_services(self) -> None:
        """Make schemas and keys, service by service, as many at once as there are processors; Nova's take longest."""
        order = sorted(self._services.values(), key=lambda service: service.name != "nova")
        with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
            list(pool.map(self._prepare, order))

    def _prepare(self, service: Service) -> None:
        for command in service.preparation:
            run(command, self._settings.logs / f"{service.api}.prepare.log", self._environment(service))
        say(f"  {service.api} is prepared")

    def _discover_hosts(self) -> None:
        for service in (one for one in self._services.values() if one.name == "nova"):
            manage = (self._settings.program("nova-manage"), "--config-file", service.settings.conf / "nova/nova.conf")
            log = self._settings.logs / f"{service.api}.prepare.log"
            run([*manage, "cell_v2", "discover_hosts"], log, self._environment(service))

    def _refuse_taken_ports(self, asleep: Iterable[str]) -> None:
        for name in asleep:
            port = describe_base(self._settings, name).port if name in BASE else None
            port = self._services[name].port if name in self._services else port
            if port is not None and listens(port):
                raise LabBroke(f"port {port}, meant for {name}, is taken: set REAPER_LAB_PORTS to another first port")
