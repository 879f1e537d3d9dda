"""The OpenStack releases the lab can boot: a name, what to install, and the file that pins everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .settings import CORE, Settings

_PINS = Path(__file__).parent / "pins"
_CLIENTS = ("PyMySQL", "pyuwsgi", "python-memcached", "pymemcache")


@dataclass(frozen=True)
class Release:
    """One release: its services' packages, and how its APIs are started where that differs from today's.

    `programs` are the APIs whose WSGI application is no module yet but a program of this name. `environment` is what
    the APIs, and not the workers, see beside what all see.
    """

    packages: Mapping[str, str]
    clients: tuple[str, ...] = _CLIENTS
    programs: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


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
    "2023.1": Release(
        packages={
            "keystone": "keystone==23.0.0",
            "placement": "openstack-placement==9.0.0",
            "glance": "glance==26.0.0",
            "neutron": "neutron==22.0.0",
            "nova": "nova==27.0.0",
            "cinder": "cinder==22.0.0",
        },
        clients=(*_CLIENTS, "python-binary-memcached"),
        programs={
            "keystone": "keystone-wsgi-public",
            "placement": "placement-api",
            "glance": "glance-wsgi-api",
            "nova": "nova-api-wsgi",
            "cinder": "cinder-wsgi",
        },
        # Its green threads know nothing of uWSGI's threads.
        environment={"OS_NOVA_DISABLE_EVENTLET_PATCHING": "1"},
    ),
}


def release_of(settings: Settings) -> Release:
    """Look up the release a lab is to run.

    Raises:
        ValueError: there is no such release in the table, or it has no such service.
    """
    if settings.release not in RELEASES:
        raise ValueError(f"REAPER_LAB_RELEASE is {settings.release!r}: one of {', '.join(RELEASES)} would be right")
    release = RELEASES[settings.release]
    missing = [name for name in settings.services if name not in release.packages]
    if missing:
        raise ValueError(
            f"REAPER_LAB_WITH names {', '.join(missing)}, which the lab does not have in {settings.release}"
        )
    return release


def pins_of(settings: Settings) -> Path:
    """Return the constraints file of a lab's release."""
    return _PINS / f"{settings.release}.txt"


def packages_for(settings: Settings) -> list[str]:
    """List what to ask the installer for; the core is always installed, so that services can be added later."""
    release = release_of(settings)
    return [release.packages[name] for name in dict.fromkeys(CORE + settings.services)] + list(release.clients)
