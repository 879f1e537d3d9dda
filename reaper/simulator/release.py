"""What tells one release's front from another's: the same resources below, other tables, addresses and words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reaper.simulator.exchange import ApiAnswer, Request, Table
from reaper.simulator.state import CloudState, IssuedToken

Versions = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Release:
    """One release. `tables` stand under the first part of the path; `places` name the service of those that differ.

    `with_project` finds the project that the address of a service may carry, `versions` are its microversions, `alive`
    says which tokens still count, `reword` turns an answer into this release's words. `catalog` is not asked here: a
    token carries it. `entry` is what clouds.yaml says besides user and password.
    """

    name: str
    tables: Mapping[str, Table]
    with_project: re.Pattern[str]
    alive: Callable[[CloudState, str], IssuedToken | None]
    auth_path: str
    versions: Mapping[str, Versions] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    reword: Callable[[Request, ApiAnswer], ApiAnswer] = lambda _ask, answer: answer
    tenants: bool = False
    catalog: tuple[tuple[str, str, str], ...] = ()

    def service(self, place: str) -> str:
        """Give the service that answers under a first part of the path."""
        return self.places.get(place, place)

    def carries_project(self, service: str) -> bool:
        """Say whether the service's address may carry the caller's project."""
        return service in {"compute", "volume"}
