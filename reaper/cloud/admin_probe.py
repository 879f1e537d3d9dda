"""Whether Cinder and Glance take us for an admin: to anybody else they show less, and call it a complete list.

Both decide by a policy rule of their own, `context_is_admin`, which an operator may have made narrower than Keystone's
role. To one who is not an admin by it, Cinder lists his own volumes whatever `all_tenants` says, and Glance leaves out
what is private to others; both answer 200 (seen on Cinder 29 and Glance 33). Nova and Neutron answer 403 or are
witnessed otherwise.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reaper.cloud.client import Client
from reaper.cloud.dialect.endpoint import TODAY
from reaper.errors import Permanent, ReaperError, Refused
from reaper.kinds import BY_NAME
from reaper.model import Listing

#: So many of everybody's are looked at when the question itself is refused.
SOME = "100"


@dataclass(frozen=True)
class Proof:
    """A question that only an admin is answered, and a list in which only he sees what is others'."""

    name: str
    question: str
    path: str
    asked: Mapping[str, str]
    key: str
    owner: str


PROOFS: Mapping[str, Proof] = {
    # volume_extension:services:index is rule:admin_api, which is is_admin:True, which is context_is_admin.
    "block-storage": Proof(
        "Cinder", "/os-services", "/volumes/detail", {"all_tenants": "1"}, "volumes", "os-vol-tenant-attr:tenant_id"
    ),
    # tasks_api_access is rule:context_is_admin in 2026.2; in 2023.1 it is role:admin, which tells nothing of the other.
    "image": Proof("Glance", "/tasks", "/images", {"visibility": "private"}, "images", "owner"),
}


class AdminProbe:
    """What Cinder and Glance take us for: asked anew with each census, and kept until the next."""

    def __init__(self, client: Client) -> None:
        """Ask nothing yet."""
        self._client = client
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def ask(self, regions: Sequence[str]) -> tuple[str, ...]:
        """Say which services hide from us what is others'; what does not answer is told when it is listed."""
        with self._lock:
            self._known.clear()
        return tuple(said for region in regions for service in PROOFS for said in self._of(service, region))

    def judge(self, listing: Listing) -> Listing:
        """Believe no list that shows nothing of a service that hides what is others'."""
        service = BY_NAME[listing.kind].service
        if service not in PROOFS or listing.resources or listing.absent or not listing.complete:
            return listing
        hides = self._of(service, listing.region)
        return replace(listing, complete=False, why="; ".join(hides)) if hides else listing

    def _of(self, service: str, region: str) -> tuple[str, ...]:
        with self._lock:  # many lists are read at once, and one answer serves them all
            if (service, region) not in self._known:
                self._known[service, region] = tuple(_said(self._client, service, region))
            return self._known[service, region]


def _said(client: Client, service: str, region: str) -> Iterator[str]:
    proof = PROOFS[service]
    try:
        if not client.offers(service, region) or client.api_generation(service, region) != TODAY:
            return
        if _is_refused(client, service, region) and not _shows_others(client, service, region):
            yield (
                f"{proof.name} in {region} does not take our account for an admin, and hides what belongs to others: "
                "its policy rule context_is_admin has to hold for it"
            )
    except ReaperError:
        return


def _is_refused(client: Client, service: str, region: str) -> bool:
    try:
        client.get(service, region, PROOFS[service].question, {"limit": "1"} if service == "image" else {})
    except (Refused, Permanent):
        return True
    return False


def _shows_others(client: Client, service: str, region: str) -> bool:
    """Whether a list holds anything of another project: an operator may have closed the question itself to admins."""
    proof = PROOFS[service]
    answer = client.get(service, region, proof.path, {**proof.asked, "limit": SOME})
    records = answer.get(proof.key) if isinstance(answer, Mapping) else None
    return any(one.get(proof.owner) not in (None, client.own_project()) for one in records or ())
