"""What a list does not tell of a resource and must be asked of it by itself."""

from __future__ import annotations

from reaper.cloud.client import Client
from reaper.cloud.facts import Record
from reaper.cloud.removals import count_members
from reaper.errors import Gone


def with_members(client: Client, region: str, image: Record) -> Record:
    """Add the number of projects that an image was given to.

    Glance gives an image no members unless its visibility is `shared`, which on the other hand is the default and says
    nothing by itself: so each of those is asked. Raises what the wire raises.
    """
    if image.get("visibility") != "shared":
        return image
    try:
        return {**image, "members": count_members(client, region, str(image["id"]))}
    except Gone:
        return image  # it went since it was listed
