"""Whether all of Nova's cells answer: what a cell that is down holds is missing from a list without a word."""

from __future__ import annotations

from collections.abc import Mapping

from reaper.cloud.client import Client
from reaper.errors import Gone, ReaperError


def cells_down(client: Client, region: str) -> str:
    """Say why a list of servers that came whole may still lack some; empty when all cells answer.

    Since 2.69 Nova shows the servers of a silent cell as UNKNOWN, but only in a list without filter and without paging
    (nova api/openstack/compute/servers.py `_is_cell_down_supported`); any other list leaves them out. The list of
    compute services shows the hosts of such a cell as UNKNOWN in every case. Before 2.69 Nova does not tell.
    """
    try:
        document = client.get("compute", region, "/os-services", {"binary": "nova-compute"})
    except Gone:
        return ""  # no such list: a Nova without cells
    except ReaperError as error:
        return f"whether all cells answer cannot be told: {error}"
    services = document.get("services") if isinstance(document, Mapping) else None
    if not isinstance(services, list):
        return "whether all cells answer cannot be told: Nova lists no services"
    silent = sorted(str(one.get("host")) for one in services if one.get("status") == "UNKNOWN")
    return f"a Nova cell does not answer: its hosts are {', '.join(silent[:3])}" if silent else ""
