"""What a cloud offers that Reaper cannot look into: services of its catalog of which nothing is listed, and why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from reaper.model import UninspectableService

#: Services that hold nothing a project made and could leave behind: names and numbers, the operator's own, or another
#: door to what is listed (Heat's and Nova's Amazon faces).
NOTHING_OWNED = frozenset({
    "identity", "placement", "cloudformation", "ec2", "metering", "metric", "event", "rating", "baremetal",
    "baremetal-introspection", "infra-optim", "instance-ha", "rca", "accelerator", "trial",
})  # fmt: skip
#: Names under which catalogs have a service besides the one it has in `kinds.py`, without a version at their end.
OTHER_NAMES = {
    "volume": "block-storage",
    "share": "shared-file-system",
    "container-infrastructure-management": "container-infra",
    "quantum": "network",
}
#: Swift's accounts by Amazon's protocol: nothing new where there is Swift's own door.
S3, OBJECTS = "s3", "object-store"
#: Why nothing is listed. Barbican: `GET /v1/secrets` lists the project of the token, and there is no other list
#: (barbican api/controllers/secrets.py, api/middleware/context.py); an admin may only touch what he knows the id of.
WHY = {"key-manager": "Barbican lists secrets, containers and orders for a token of their own project alone"}
UNKNOWN = "Reaper does not know what a project may own there"


def unseen_among(named: Iterable[tuple[str, str]], listed: Collection[str]) -> tuple[UninspectableService, ...]:
    """Pick what cannot be looked into from a catalog's services, each with its region; `listed` are those that can."""
    every = {(_plain(service), region) for service, region in named}
    return tuple(
        sorted(
            UninspectableService(service, region, WHY.get(service, UNKNOWN))
            for service, region in every
            if service not in NOTHING_OWNED
            and service not in listed
            and not (service == S3 and (OBJECTS, region) in every)
        )
    )


def unseen_in(cloud: str, noted: Callable[[str], str | None]) -> tuple[UninspectableService, ...]:
    """Read what the last census of a cloud could not look into; `noted` is the ledger's way to read a fact."""
    parts = (line.split(" ", 2) for line in (noted(unseen_note(cloud)) or "").split("\n"))
    return tuple(UninspectableService(*part) for part in parts if len(part) == 3)  # noqa: PLR2004 - service, region, why


def unseen_note(cloud: str) -> str:
    """Name the fact under which the ledger keeps what cannot be looked into in a cloud."""
    return f"unseen in {cloud}"


def written(unseen: Iterable[UninspectableService]) -> str | None:
    """Put it into such a fact; None: there is nothing of the kind."""
    return "\n".join(f"{one.service} {one.region} {one.why}" for one in unseen) or None


def _plain(service: str) -> str:
    """Bring the name in a catalog to the one in `kinds.py`: `volumev3` is block storage."""
    bare = re.sub(r"(_legacy|v\d+(\.\d+)?)$", "", service.strip().lower())
    return OTHER_NAMES.get(bare, bare)
