"""Telling whether a process that left something behind is still alive; without guessing."""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")


def this_life() -> str:
    """Name this process so that no other one, before or after it, bears the same name; "" where that cannot be told.

    The kernel's boot, the namespace of process ids, the id, and when it started (proc_pid_stat(5), field 22).
    """
    try:
        started = _state_and_start(os.getpid())
        return f"{_where()} {os.getpid()} {started[1]}" if started else ""
    except OSError:
        return ""


def is_over(life: str) -> bool:
    """Say whether the process so named has certainly ended. Of another machine's or container's nothing is said."""
    boot, namespace, number, began = (*life.split(), "", "", "", "")[:4]
    try:
        if not number.isdecimal() or f"{boot} {namespace}" != _where():
            return False
        found = _state_and_start(int(number))
    except OSError:
        return False
    return found is None or found[0] == "Z" or found[1] != began


def _where() -> str:
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot} {(_PROC / 'self/ns/pid').readlink()}"


def _state_and_start(number: int) -> tuple[str, str] | None:
    """Read a process's state and start; its name, which may hold anything, ends at the last bracket."""
    try:
        fields = (_PROC / str(number) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return fields[0], fields[19]
