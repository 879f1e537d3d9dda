"""Where the lab keeps its state, which ports it takes and which services it runs: read from the environment."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

LOOPBACK = "127.0.0.1"
REGIONS = ("RegionOne", "RegionTwo")
# The second region has all of these for itself; Keystone and the servers below are shared.
REGIONAL = ("placement", "glance", "neutron", "nova", "cinder")
SECOND = "-two"
PASSWORD = "reaper-lab"  # every account's; nothing here listens beyond loopback
CLOUD = "lab"
CORE = ("keystone", "placement", "glance", "neutron", "nova", "cinder")
OPTIONAL = ("heat", "octavia", "swift")
DEFAULT_FIRST_PORT = 24500

# A port is its place in this list added to the first port: appending keeps the others where they are.
_PORT_ORDER = (
    *("mariadb", "memcached", "epmd", "rabbit", "rabbit-nodes"),
    *CORE,
    *OPTIONAL,
    *("swift-account", "swift-container", "swift-object", "octavia-health"),
    *(f"{name}{SECOND}" for name in REGIONAL),
)


@dataclass(frozen=True)
class Settings:
    """What a lab is made of, as one of its regions sees it.

    Two labs with different `state` and `first_port` run side by side.
    """

    state: Path
    first_port: int = DEFAULT_FIRST_PORT
    services: tuple[str, ...] = CORE
    release: str = "2026.2"
    processes: int = 1
    threads: int = 6
    regions: int = 1
    second: bool = False

    @property
    def region(self) -> str:
        """The name of this region in the catalog."""
        return REGIONS[self.second]

    @property
    def suffix(self) -> str:
        """What the names of this region's processes end in: nothing in the first."""
        return SECOND if self.second else ""

    @property
    def each_region(self) -> "tuple[Settings, ...]":
        """The lab as each of its regions sees it."""
        return tuple(replace(self, second=bool(number)) for number in range(self.regions))

    @property
    def apis(self) -> tuple[str, ...]:
        """The names of all APIs of all regions."""
        return self.services + tuple(f"{name}{SECOND}" for name in REGIONAL if self.regions > 1)

    def port(self, name: str) -> int:
        """Return the TCP port on loopback of a service in this region, or of a base server."""
        own = f"{name}{self.suffix}"
        return self.first_port + _PORT_ORDER.index(own if own in _PORT_ORDER else name)

    def url(self, service: str) -> str:
        """Return where a service's API answers, without a path."""
        return f"http://{LOOPBACK}:{self.port(service)}"

    @property
    def venv(self) -> Path:
        """The virtual environment that holds the services of this release."""
        return self.state / f"venv-{self.release}"

    def program(self, name: str) -> str:
        """Return the path of a program that came with the services."""
        return str(self.venv / "bin" / name)

    @property
    def conf(self) -> Path:
        """The folder of this region's generated configuration."""
        return self.state / "etc" / "two" if self.second else self.state / "etc"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.state / "log"

    @property
    def var(self) -> Path:
        """The folder of what this region's services write: databases, images, queues."""
        return self.state / "var" / "two" if self.second else self.state / "var"

    @property
    def records(self) -> Path:
        """The folder that says which processes were started."""
        return self.state / "run"

    @property
    def copies(self) -> Path:
        """The folder of the saved clouds."""
        return self.state / "saved"

    @property
    def database_socket(self) -> Path:
        """Where MariaDB listens for its root."""
        return self.records / "mariadb.sock"

    @property
    def fingerprint(self) -> str:
        """What a booted cloud depends on: a lab whose fingerprint changed is made anew."""
        return f"{self.release} port {self.first_port} with {','.join(self.services)} in {self.regions}"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read REAPER_LAB and its relatives.

    Raises:
        ValueError: naming the variable, what stands there and what would be right.
    """
    state = environment.get("REAPER_LAB") or str(Path(tempfile.gettempdir()) / "reaper-lab")
    return Settings(
        state=Path(state).resolve(),
        first_port=_number(environment, "REAPER_LAB_PORTS", DEFAULT_FIRST_PORT, 1024, 65535 - len(_PORT_ORDER)),
        services=_services(environment.get("REAPER_LAB_WITH", "")),
        release=environment.get("REAPER_LAB_RELEASE") or Settings.release,
        processes=_number(environment, "REAPER_LAB_PROCESSES", 1, 1, 64),
        threads=_number(environment, "REAPER_LAB_THREADS", 6, 1, 64),
        regions=_number(environment, "REAPER_LAB_REGIONS", 1, 1, len(REGIONS)),
    )


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"{name} is {text!r}: a whole number from {least} to {most} would be right")
    return int(text)


def _services(text: str) -> tuple[str, ...]:
    wanted = OPTIONAL if text.strip() == "all" else tuple(word.strip() for word in text.split(",") if word.strip())
    unknown = [name for name in wanted if name not in CORE + OPTIONAL]
    if unknown:
        raise ValueError(
            f"REAPER_LAB_WITH names {', '.join(unknown)}: any of {', '.join(OPTIONAL)}, or all, would be right"
        )
    return CORE + tuple(name for name in OPTIONAL if name in wanted)
