"""Imports every module of the package in a process of its own and prints, as JSON, what they did beyond defining.

Run by test_shape.py; a list of sentences, each with the module that was being imported. Empty is right.
"""

from __future__ import annotations

import importlib
import io
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from types import ModuleType

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ACTS = {
    *("_thread.start_new_thread", "os.exec", "os.fork", "os.posix_spawn", "os.system", "subprocess.Popen"),
    *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate", "os.utime"),
    *("shutil.copyfile", "shutil.move", "shutil.rmtree", "tempfile.mkdtemp", "tempfile.mkstemp", "sqlite3.connect"),
    *("socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "smtplib.connect"),
    *("http.client.connect", "urllib.Request"),
}
# What is made where the application is put together, and nowhere earlier.
_LIVE = {
    "apscheduler.schedulers.base": ("BaseScheduler",),
    "flask": ("Flask",),
    "jinja2": ("Environment",),
    "keystoneauth1.adapter": ("Adapter",),
    "keystoneauth1.session": ("Session",),
    "prometheus_client": ("CollectorRegistry", "Counter", "Gauge", "Histogram", "Summary"),
    "requests": ("Session",),
    "rich.console": ("Console",),
    "smtplib": ("SMTP",),
    "sqlalchemy": ("Connection", "Engine"),
    "sqlalchemy.orm": ("Session", "sessionmaker"),
    "sqlite3": ("Connection",),
}


class Watch:
    """Hears of everything the interpreter does while `module` is imported."""

    def __init__(self) -> None:
        self.module = ""
        self.seen: list[str] = []

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note what is more than defining; the signature is that of an audit hook."""
        if self.module and (event in _ACTS or (event == "open" and _opens_for_writing(*arguments))):
            self.seen.append(f"importing {self.module}: {event} {arguments[:1]!r}")


def _opens_for_writing(_path: object, mode: object, flags: object) -> bool:
    return bool(set(mode or "") & set("wax+")) if isinstance(mode, str) else bool(int(str(flags)) & _WRITES)


def _live_types() -> tuple[type, ...]:
    found: list[type] = [threading.Thread, Executor, socket.socket, io.IOBase]
    for module, names in _LIVE.items():
        found += [getattr(importlib.import_module(module), name) for name in names]
    return tuple(found)


def _live_objects(modules: list[ModuleType]) -> Iterator[str]:
    types = _live_types()
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, types):
                yield f"{module.__name__}.{name} is a {type(value).__qualname__} made at import"


def _process_wide() -> Iterator[str]:
    yield from (f"the thread {thread.name} runs" for thread in threading.enumerate()[1:])
    yield from (f"the root logger has {handler!r}" for handler in logging.getLogger().handlers)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_DFL:
            yield f"{number.name} has a handler"


def names_of_modules(root: Path) -> list[str]:
    """Return the dotted names of all modules in the folder of the package, without importing one."""
    found = (path.relative_to(root.parent).with_suffix("").parts for path in root.rglob("*.py"))
    return sorted(".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in found if "share" not in parts)


def main(root: Path) -> list[str]:
    """Import everything and return what was noticed."""
    watch = Watch()
    importlib.import_module("urllib3")  # binds a socket to learn whether there is IPv6; not ours to change
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup would have it ignored
    sys.addaudithook(watch.hear)
    modules = []
    for watch.module in names_of_modules(root):
        modules.append(importlib.import_module(watch.module))
    watch.module = ""
    return [*watch.seen, *_process_wide(), *_live_objects(modules)]


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))  # noqa: T201 - the answer
