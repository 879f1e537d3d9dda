"""The servers below OpenStack: MariaDB, memcached and RabbitMQ, all on loopback and none of the machine's own."""

import base64
import getpass
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .install import PATH, RABBITMQ
from .processes import Processes, listens, run
from .service import DATABASE_USER
from .settings import LOOPBACK, PASSWORD, REGIONS, Settings

BASE = ("mariadb", "memcached", "epmd", "rabbit")
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/nonexistent"}
# Nothing in the lab is worth surviving a power cut, so nothing waits for the disk.
_CARELESS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-flush-method=nosync",
    "--skip-log-bin",
    "--performance-schema=OFF",
)


@dataclass(frozen=True)
class BaseServer:
    """A command, its environment, and the port that says it is ready."""

    command: Sequence[object]
    port: int
    environment: Mapping[str, str]


def describe_base(settings: Settings, name: str) -> BaseServer:
    """Say how a base server is started."""
    describe = {"mariadb": _mariadb, "memcached": _memcached, "epmd": _epmd, "rabbit": _rabbit}[name]
    return describe(settings)


def start_base(settings: Settings, processes: Processes, name: str) -> None:
    """Start a base server without waiting for it."""
    server = describe_base(settings, name)
    processes.start(name, server.command, {**ENVIRONMENT, **server.environment})


def await_base(settings: Settings, processes: Processes, name: str) -> None:
    """Wait until a base server accepts connections."""
    port = describe_base(settings, name).port
    processes.wait(name, lambda: listens(port))


def prepare_base(settings: Settings, databases: Sequence[str]) -> None:
    """Write the base servers' files and make an empty MariaDB."""
    folder = settings.var / "mariadb"
    if not (folder / "mysql").exists():
        make = ("mariadb-install-db", "--no-defaults", f"--datadir={folder}", f"--user={getpass.getuser()}")
        options = ("--auth-root-authentication-method=normal", "--skip-test-db")
        run([*make, *options], settings.logs / "mariadb-install.log", ENVIRONMENT)
    account = f"'{DATABASE_USER}'@'{LOOPBACK}'"
    orders = [f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3;" for name in databases]
    orders += [
        f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{PASSWORD}';",
        f"GRANT ALL ON *.* TO {account};",
    ]
    _init_file(settings).write_text("\n".join(orders) + "\n")
    _prepare_rabbit(settings)


def _init_file(settings: Settings) -> Path:
    return settings.conf / "mariadb.sql"


def _mariadb(settings: Settings) -> BaseServer:
    port = settings.port("mariadb")
    where = (
        f"--datadir={settings.var / 'mariadb'}",
        f"--socket={settings.database_socket}",
        f"--pid-file={settings.records / 'mariadb.pid'}",
        f"--bind-address={LOOPBACK}",
        f"--port={port}",
        f"--init-file={_init_file(settings)}",
    )
    size = ("--max-connections=1000", "--innodb-buffer-pool-size=192M", "--innodb-log-file-size=48M")
    command = ("mariadbd", "--no-defaults", f"--user={getpass.getuser()}", "--skip-name-resolve")
    return BaseServer([*command, *where, *size, *_CARELESS], port, {})


def _memcached(settings: Settings) -> BaseServer:
    port = settings.port("memcached")
    return BaseServer(
        ["memcached", "-u", getpass.getuser(), "-l", LOOPBACK, "-p", port, "-U", 0, "-m", 64, "-c", 2048], port, {}
    )


def _epmd(settings: Settings) -> BaseServer:
    port = settings.port("epmd")
    return BaseServer(["epmd", "-address", LOOPBACK, "-port", port], port, {})


def _prepare_rabbit(settings: Settings) -> None:
    folder = settings.conf / "rabbit"
    folder.mkdir(parents=True, exist_ok=True)
    (settings.var / "rabbit").mkdir(parents=True, exist_ok=True)
    (folder / "plugins").write_text("[].\n")
    (folder / "definitions.json").write_text(json.dumps(_hosts_of_queues()))
    options = {
        "listeners.tcp.1": f"{LOOPBACK}:{settings.port('rabbit')}",
        "load_definitions": folder / "definitions.json",
        "log.console": "true",
        "log.console.level": "warning",
        "log.file": "false",
        "disk_free_limit.absolute": "50MB",
        "vm_memory_high_watermark.relative": "0.2",
    }
    (folder / "rabbitmq.conf").write_text("".join(f"{name} = {option}\n" for name, option in options.items()))


def _hosts_of_queues() -> dict[str, object]:
    """Describe one virtual host for each region, and the account that may do all in them."""
    salt = b"salt"
    secret = base64.b64encode(salt + hashlib.sha256(salt + PASSWORD.encode()).digest()).decode()
    user = {"name": DATABASE_USER, "password_hash": secret, "tags": "administrator"}
    may = {"user": DATABASE_USER, "configure": ".*", "write": ".*", "read": ".*"}
    return {
        "users": [user | {"hashing_algorithm": "rabbit_password_hashing_sha256"}],
        "vhosts": [{"name": region} for region in REGIONS],
        "permissions": [may | {"vhost": region} for region in REGIONS],
    }


def _rabbit(settings: Settings) -> BaseServer:
    """Describe RabbitMQ; its Erlang node, too, must find its epmd and listen on loopback only."""
    home, conf = settings.var / "rabbit", settings.conf / "rabbit"
    environment = {
        "HOME": home,  # its secret cookie
        "ERL_EPMD_ADDRESS": LOOPBACK,
        "ERL_EPMD_PORT": settings.port("epmd"),
        "RABBITMQ_NODENAME": "reaper-lab@localhost",
        "RABBITMQ_DIST_PORT": settings.port("rabbit-nodes"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_CONFIG_FILE": conf / "rabbitmq.conf",
        "RABBITMQ_CONF_ENV_FILE": conf / "no-such-file",
        "RABBITMQ_ENABLED_PLUGINS_FILE": conf / "plugins",
        "RABBITMQ_MNESIA_BASE": home / "mnesia",
        "RABBITMQ_LOG_BASE": home / "log",
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_PID_FILE": home / "pid",
    }
    return BaseServer([RABBITMQ], settings.port("rabbit"), {name: str(word) for name, word in environment.items()})
