"""The record of idle things: what rules speak of, what was told of it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from reaper.lifecycle import Stock
from reaper.model import Event, IdleThing, Tenant


class IdleThings(Protocol):
    """The rows of idle things. Every method is one transaction; those with a tenant hold only in its version."""

    def open(self, cloud: str) -> list[IdleThing]:
        """Return what is not gone yet of all tenants of a cloud."""

    def of(self, *tenant_ids: str) -> list[IdleThing]:
        """Return all of these tenants, also what is gone."""

    def told_in(self, letter_id: str) -> list[IdleThing]:
        """Return what a letter is about: things that are still idle, or those that are gone."""

    def take_in(self, stock: Stock, events: Mapping[str, Sequence[Event]]) -> None:
        """Write what a look has found; `events` by tenant. Of what was asked to go meanwhile nothing is forgotten.

        Raises:
            Overtaken: somebody else was first; nothing was written.
        """

    def warn(self, tenant: Tenant, things: Sequence[IdleThing], event: Event) -> Tenant:
        """Queue one letter about all of these, which waits for its acceptance; with what goes along. Raises Overtaken.

        Returns the tenant with its new version.
        """

    def ask(self, tenant: Tenant, thing: IdleThing, event: Event) -> Tenant:
        """Write down that it is about to be asked to go. Raises Overtaken: then it must not be. Returns the tenant."""

    def answered(self, thing: IdleThing, answer: str) -> None:
        """Write down what the service refused it with."""

    def gone(self, tenant: Tenant, things: Sequence[IdleThing], event: Event) -> Tenant:
        """Write down that these are verified gone, and queue one letter that says so. Raises Overtaken."""
