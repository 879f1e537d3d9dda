"""What the lab must know of one OpenStack service, and the options that all of them share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .settings import LOOPBACK, PASSWORD, Settings

Options = Mapping[str, object]
Sections = Mapping[str, Options]
DATABASE_USER = "reaper"


@dataclass(frozen=True)
class Worker:
    """A process beside the API; `reports` says that it keeps a heartbeat in its service's database."""

    command: tuple[str, ...]
    reports: bool = True


@dataclass(frozen=True)
class Service:
    """One service in one region: its API, its workers, and how its databases and files come to be.

    What is named here has the same name in each region; what the lab and its users see is told apart by `api`,
    `processes` and `schemas`. `files` are written and `shipped` ones are copied as they came with the package, both
    below the region's folder of configuration. `content` are the folders that a copy of the cloud must hold beside the
    databases. `preparation` are the commands that make schemas and keys in an empty lab.
    """

    settings: Settings
    name: str
    wsgi: str = ""
    arguments: tuple[str, ...] = ()
    health: str = "/"
    databases: tuple[str, ...] = ()
    files: Mapping[str, Sections] = field(default_factory=dict)
    shipped: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()
    content: tuple[Path, ...] = ()
    preparation: tuple[tuple[str, ...], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: Mapping[str, Worker] = field(default_factory=dict)
    catalog: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The name of the API's process."""
        return self.name + self.settings.suffix

    @property
    def port(self) -> int:
        """Where the API listens."""
        return self.settings.port(self.name)

    @property
    def processes(self) -> Mapping[str, Worker]:
        """The workers by the names of their processes."""
        return {name + self.settings.suffix: worker for name, worker in self.workers.items()}

    @property
    def schemas(self) -> tuple[str, ...]:
        """The names of the databases."""
        return tuple(database_name(self.settings, name) for name in self.databases)


def write_ini(path: Path, sections: Sections) -> None:
    """Write an oslo.config or paste file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = [
        "\n".join([f"[{section}]", *(f"{name} = {_text(option)}" for name, option in options.items())])
        for section, options in sections.items()
    ]
    path.write_text("\n\n".join(blocks) + "\n")


def _text(option: object) -> str:
    return str(option).lower() if isinstance(option, bool) else str(option)


def database_url(settings: Settings, name: str) -> str:
    """Return SQLAlchemy's address of a database of this region."""
    where = f"{LOOPBACK}:{settings.port('mariadb')}/{database_name(settings, name)}"
    return f"mysql+pymysql://{DATABASE_USER}:{PASSWORD}@{where}?charset=utf8"


def database_name(settings: Settings, name: str) -> str:
    """Return what a database of this region is called."""
    return name + settings.suffix.replace("-", "_")


def database(settings: Settings, name: str) -> Options:
    """Options of a [database] section; a pool that holds all threads of a service."""
    return {"connection": database_url(settings, name), "max_pool_size": 10, "max_overflow": 40}


def memcached(settings: Settings) -> str:
    """Return where memcached listens."""
    return f"{LOOPBACK}:{settings.port('memcached')}"


def cache(settings: Settings) -> Options:
    """Options of a [cache] section."""
    return {"enabled": True, "backend": "oslo_cache.memcache_pool", "memcache_servers": memcached(settings)}


def transport(settings: Settings) -> str:
    """Return oslo.messaging's address of RabbitMQ; each region has a host of queues of its own."""
    return f"rabbit://{DATABASE_USER}:{PASSWORD}@{LOOPBACK}:{settings.port('rabbit')}/{settings.region}"


def account(settings: Settings, user: str) -> Options:
    """Options with which one service calls another as `user` of the project `service`."""
    return {
        "auth_type": "password",
        "auth_url": f"{settings.url('keystone')}/v3",
        "username": user,
        "password": PASSWORD,
        "user_domain_name": "Default",
        "project_name": "service",
        "project_domain_name": "Default",
        "region_name": settings.region,
    }


def token_checks(settings: Settings, user: str) -> Options:
    """Options of a [keystone_authtoken] section."""
    return {
        **account(settings, user),
        "www_authenticate_uri": f"{settings.url('keystone')}/v3",
        "memcached_servers": memcached(settings),
        "service_token_roles": "service",
        "service_token_roles_required": True,
    }


def service_token(settings: Settings, user: str) -> Options:
    """Options of a [service_user] section: long work goes on when the tenant's own token has expired."""
    return {**account(settings, user), "send_service_user_token": True}


def locks(settings: Settings) -> Options:
    """Options of an [oslo_concurrency] section."""
    return {"lock_path": settings.var / "locks"}


def shipped(settings: Settings, path: str) -> Path:
    """Return a configuration file that came with a service's package."""
    return settings.venv / "etc" / path


def config_arguments(settings: Settings, *files: str) -> tuple[str, ...]:
    """Return the command line options that name configuration files of the lab."""
    return tuple(word for file in files for word in ("--config-file", str(settings.conf / file)))
