"""What an old release cannot show or do, said once in sentences for the operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reaper.cloud.client import Client
from reaper.cloud.dialect.endpoint import BARE_NOVA, CINDER_1, CINDER_2, GLANCE_1, TENANTS, VERSION_AT_END
from reaper.cloud.listing import read_extensions
from reaper.errors import ReaperError

#: Since when Nova shows locks, and how far it was when Glance's v2 became whole.
SHOWS_LOCKS, OCATA = (2, 9), (2, 42)


def remarks_of(client: Client, regions: Sequence[str]) -> tuple[str, ...]:
    """Say what this cloud's releases leave out; empty for today's. What does not answer is told elsewhere."""
    return tuple(sentence for region in (None, *regions) for sentence in _said(client, region))


def _said(client: Client, region: str | None) -> Iterator[str]:
    try:
        yield from _of_keystone(client) if region is None else _of_region(client, region)
    except ReaperError:
        return


def _of_keystone(client: Client) -> Iterator[str]:
    if client.api_generation("identity", None) != TENANTS:
        return
    yield (
        "Keystone speaks v2.0: every tenant counts as one of the domain Default, tags are those in a tenant's own "
        "attribute `tags`, and a token that was given out before its tenant is closed stays good until it ends"
    )
    root = VERSION_AT_END.sub("", client.entry.auth_url.rstrip("/"))
    if any(str(one.get("id")).startswith("v3") for one in client.versions_at(f"{root}/", "identity")):
        yield (
            "Keystone speaks v3, too: give the entry user_domain_name and project_domain_name, or tenants of other "
            "domains, people in groups and today's tags are not seen"
        )


def _of_region(client: Client, region: str) -> Iterator[str]:
    if client.offers("block-storage", region) and client.api_generation("block-storage", region) in {
        CINDER_1,
        CINDER_2,
    }:
        yield (
            f"Cinder in {region} gives no pages to rely on: its osapi_max_limit must be above the number of all "
            "volumes, and not a round thousand of them"
        )
    version = (client.microversion(region) or (0, 0)) if client.offers("compute", region) else OCATA
    if version < SHOWS_LOCKS:
        yield f"Nova in {region} does not show locks: a suspended server is stopped, and neither locked nor unlocked"
    if version < OCATA and client.offers("image", region) and client.api_generation("image", region) == GLANCE_1:
        yield f"Glance in {region} is spoken to in v1: servers cannot be archived there"
    if client.offers("compute", region) and client.api_generation("compute", region) == BARE_NOVA:
        yield from _of_bare_nova(client, region)


def _of_bare_nova(client: Client, region: str) -> Iterator[str]:
    yield f"Nova in {region} shows no soft-deleted servers: its reclaim_instance_interval must be 0"
    if not client.offers("network", region):
        yield f"{region} has no network service: what nova-network holds (floating IPs, groups) is not taken back"
    elif "security-group" not in read_extensions(client, "network", region):
        yield f"security groups of Nova in {region} are shown to their own tenant alone: they stay, and cost nothing"
