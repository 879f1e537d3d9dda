"""The HTTP below everything: a pool as large as the workers, and for planning one that cannot write."""

from __future__ import annotations

from typing import Any

import requests
from keystoneauth1.session import TCPKeepAliveAdapter

from reaper.errors import Permanent

HOSTS = 64  # services times regions, each with a pool of its own
LONGEST_PAUSE = 20  # seconds; keystoneauth would sleep through any Retry-After
READS = frozenset({"GET", "HEAD"})
TOKENS = ("/v3/auth/tokens", "/v2.0/tokens")


class Transport(requests.Session):
    """Connections to one cloud, at most `workers` per host; a worker too many waits for one to come free."""

    def __init__(self, workers: int) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, TCPKeepAliveAdapter(pool_connections=HOSTS, pool_maxsize=workers, pool_block=True))

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send as ever, but let no service ask for a longer pause than a pass can afford."""
        response = super().send(request, **how)
        pause = response.headers.get("Retry-After", "")
        if pause.isdigit() and int(pause) > LONGEST_PAUSE:
            response.headers["Retry-After"] = str(LONGEST_PAUSE)
        return response


class ReadOnlyTransport(Transport):
    """The same for looking only: whatever is above, no request that could change something leaves the process."""

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send a GET, a HEAD, or the request for a token.

        Raises:
            Permanent: anything else was asked; nothing was sent.
        """
        if not _only_looks(request):
            raise Permanent(
                f"a plan-only client was asked to send {request.method} {request.path_url}: nothing was sent"
            )
        return super().send(request, **how)


def _only_looks(request: requests.PreparedRequest) -> bool:
    asks_token = request.method == "POST" and request.path_url.partition("?")[0].endswith(TOKENS)
    return request.method in READS or asks_token
