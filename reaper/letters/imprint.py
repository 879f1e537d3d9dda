"""What letters say of those who send them, as far as the operator has said it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Imprint:
    """Whom people may turn to, the cloud's own page, what is kept about people, and the picture at the head.

    `support` is an address or a link, the others are links. `command` says that `openstack trial show` answers here.
    """

    support: str | None = None
    home: str | None = None
    privacy: str | None = None
    logo: str | None = None
    command: bool = False

    @property
    def facts(self) -> Mapping[str, object]:
        """Return it as templates name it."""
        return dict(vars(self))
