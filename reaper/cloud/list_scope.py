"""Whether the whole cloud is read at once, or project by project where a service takes one project per call."""

from __future__ import annotations

from reaper.errors import Permanent

#: One project's servers cost a real Nova 0.13 s, however large the cloud; all servers cost 8.5 ms each. So a list of
#: the whole cloud is the cheaper one as long as it holds no more than fifteen for each project in work.
WORTH_A_CALL = 15


class TooMany(Permanent):
    """The whole cloud holds more of a kind than is worth reading."""


class ListScope:
    """What a session has learned of how many of each kind a cloud holds: at least so many."""

    def __init__(self) -> None:
        self._at_least: dict[tuple[str, str], int] = {}

    def most_worth_reading(self, kind: str, region: str, projects: int) -> int | None:
        """Return how many objects of the whole cloud may be read in place of those of so many projects; None for none.

        It is tried, and given up with the first page that shows more, which costs as much as it might have saved:
        after that it is tried again only for more projects.
        """
        most = WORTH_A_CALL * projects
        return most if projects > 1 and most > self._at_least.get((kind, region), 0) else None

    def note(self, kind: str, region: str, at_least: int) -> None:
        """Remember that there are so many or more."""
        self._at_least[kind, region] = at_least
