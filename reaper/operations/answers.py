"""What the desk answers when somebody comes with a link or a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reaper.model import Tenant


class UnknownLink(StrEnum):
    """Why a link leads nowhere."""

    FOREIGN = "foreign"  # not signed here
    REPLACED = "replaced"  # its lease is no longer the tenant's


@dataclass(frozen=True)
class Stranger:
    """Whoever follows this link is shown nothing about anybody."""

    reason: UnknownLink


@dataclass(frozen=True)
class Done:
    """The lease has its later end and it is written down. `already`: by an earlier click, not by this one."""

    tenant: Tenant
    expires_at: datetime
    left: int
    restores: bool
    already: bool = False


@dataclass(frozen=True)
class Changed:
    """What was asked is written down. `restores`: servers are being started again because of it."""

    tenant: Tenant
    restores: bool = False
