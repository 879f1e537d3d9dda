"""Where the shipped folders lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from reaper.errors import Unusable

#: The folders that people edit, users read and the database runs.
SHARED = ("etc", "policies", "notify", "migrations")


def share(name: str) -> Path:
    """Return the folder `name` (one of SHARED) as shipped.

    Raises:
        Unusable: the installation is not complete.
    """
    package = Path(__file__).resolve().parent
    places = (package / "share" / name, package.parent / name)
    found = next((place for place in places if name in SHARED and place.is_dir()), None)
    if found is None:
        raise Unusable(f"the shipped folder {name!r} is not at {places[0]}; install the package again")
    return found
