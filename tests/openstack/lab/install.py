"""Puts on this machine what the lab needs: base servers from Debian, the services from PyPI into a venv."""

import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from .errors import CannotBoot, LabBroke, last_lines
from .processes import run
from .progress import step
from .releases import packages_for, pins_of
from .settings import Settings

RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one in PATH insists on being root and on `su`
# Debian's Python comes without ensurepip; with it, no package beyond Python itself is needed to make a venv.
_DEBIAN_PACKAGES: dict[str, Callable[[], bool]] = {
    "mariadb-server-core": lambda: _has("mariadbd", "mariadb-install-db"),
    "mariadb-client": lambda: _has("mariadb", "mariadb-dump"),
    "rabbitmq-server": lambda: RABBITMQ.exists() and _has("epmd"),
    "memcached": lambda: _has("memcached"),
    "openssl": lambda: _has("openssl"),
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
}
_POLICY = Path("/usr/sbin/policy-rc.d")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def install(settings: Settings) -> None:
    """Install what is missing; a fraction of a second when nothing is.

    Raises:
        CannotBoot: this machine or its network does not allow it.
    """
    if sys.platform != "linux":
        raise CannotBoot(f"it needs Linux and this is {sys.platform}")
    missing = [name for name, there in _DEBIAN_PACKAGES.items() if not there()]
    wanted = _wanted(settings)
    stamp = settings.venv / "reaper-lab.stamp"
    stale = not stamp.exists() or stamp.read_text() != wanted
    if not missing and not stale:
        return
    _check_debian(missing)
    with step("installing"), ThreadPoolExecutor(1) as aside:
        debian = aside.submit(_install_debian_packages, missing, settings.logs / "apt.log")
        if "python3-venv" in missing:
            debian.result()
        if stale:
            _install_services(settings)
            stamp.write_text(wanted)
        debian.result()


def _has(*programs: str) -> bool:
    return all(shutil.which(program, path=PATH) for program in programs)


def _wanted(settings: Settings) -> str:
    parts = [sys.version, *packages_for(settings), pins_of(settings).read_text()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _check_debian(missing: list[str]) -> None:
    if missing and not _has("apt-get"):
        raise CannotBoot(f"{', '.join(missing)} must be installed and there is no apt-get")
    if missing and os.geteuid() != 0:
        raise CannotBoot(f"{', '.join(missing)} must be installed, which takes root")


def _install_debian_packages(names: list[str], log: Path) -> None:
    if not names:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        with _services_kept_from_starting():
            run(["apt-get", "update"], log, environment)
            run(["apt-get", "install", "--yes", "--no-install-recommends", *names], log, environment)
    except LabBroke as broken:
        raise CannotBoot(f"Debian's packages could not be installed, as {log} says: {_cause(log)}") from broken


@contextmanager
def _services_kept_from_starting() -> Iterator[None]:
    """Deny maintainer scripts to start what they install: it would listen on every address of the machine."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _install_services(settings: Settings) -> None:
    log = settings.logs / "pip.log"
    try:
        uv = _uv(settings, log)
        run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, settings.venv], log)
        install_into = [uv, "pip", "install", "--python", settings.program("python")]
        run([*install_into, "--constraints", pins_of(settings), *packages_for(settings)], log)
    except LabBroke as broken:
        raise CannotBoot(f"the services could not be installed, as {log} says: {_cause(log)}") from broken


def _cause(log: Path) -> str:
    """Return the last line of a log that calls itself an error, or else its last."""
    lines = last_lines(log).splitlines() or [""]
    errors = [line for line in lines if line.strip().lower().startswith(("error", "e:"))]
    return (errors or lines)[-1].strip()


def _uv(settings: Settings, log: Path) -> str:
    found = shutil.which("uv")
    if found:
        return found
    own = settings.state / "uv"
    if not (own / "bin" / "uv").exists():
        run([sys.executable, "-m", "venv", own], log)
        run([own / "bin" / "pip", "install", "--quiet", "uv"], log)
    return str(own / "bin" / "uv")
