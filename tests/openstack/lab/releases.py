"""The OpenStack releases the lab can boot: a name, what to install, and the file that pins everything else."""

from dataclasses import dataclass, field
from pathlib import Path

from .settings import CORE, Settings

_PINS = Path(__file__).parent / "pins"


@dataclass(frozen=True)
class Release:
    """One release: its services' packages and the names of their WSGI modules where these differ from today's."""

    packages: dict[str, str]
    clients: tuple[str, ...] = ("PyMySQL", "pyuwsgi", "python-memcached", "pymemcache")
    wsgi: dict[str, str] = field(default_factory=dict)


RELEASES = {
    "2026.2": Release(
        packages={
            "keystone": "keystone==30.0.0",
            "placement": "openstack-placement==16.0.0",
            "glance": "glance==33.0.0",
            "neutron": "neutron==29.0.0",
            "nova": "nova==34.0.0",
            "cinder": "cinder==29.0.0",
            "heat": "openstack-heat==27.0.1",
            "octavia": "octavia==19.0.0",
            "swift": "swift==2.38.3",
        },
    ),
}


def release_of(settings: Settings) -> Release:
    """Look up the release a lab is to run.

    Raises:
        ValueError: there is no such release in the table.
    """
    if settings.release not in RELEASES:
        raise ValueError(f"REAPER_LAB_RELEASE is {settings.release!r}: one of {', '.join(RELEASES)} would be right")
    return RELEASES[settings.release]


def pins_of(settings: Settings) -> Path:
    """Return the constraints file of a lab's release."""
    return _PINS / f"{settings.release}.txt"


def packages_for(settings: Settings) -> list[str]:
    """List what to ask the installer for; the core is always installed, so that services can be added later."""
    release = release_of(settings)
    return [release.packages[name] for name in dict.fromkeys(CORE + settings.services)] + list(release.clients)
