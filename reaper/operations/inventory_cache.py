"""What tenants own, as last seen: however often a page is opened, the cloud is asked seldom and by few at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from reaper.errors import ReaperError
from reaper.model import Resource, Tenant
from reaper.ports import Clock

#: For so long an answer is good enough for a page; deleting never relies on it.
FRESH_FOR = timedelta(seconds=20)
#: So many pages may wait for the cloud at once; a slow cloud must not keep others from renewing.
AT_ONCE = 3
_REMEMBERED = 500

Owned = tuple[Resource, ...] | None


class LastSeen:
    """Reads what a tenant owns through `losses`; None when it fails, or when enough others are waiting already."""

    def __init__(self, losses: Callable[[Tenant], Sequence[Resource] | None], clock: Clock) -> None:
        self._losses = losses
        self._clock = clock
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._seen: OrderedDict[str, tuple[datetime, Owned]] = OrderedDict()

    def of(self, tenant: Tenant) -> Owned:
        """Return the tenant's own resources, or None when they cannot be told now, which is not the same as none."""
        now = self._clock.now()
        with self._lock:
            at, owned = self._seen.get(tenant.id, (None, None))
        if at is not None and timedelta(0) <= now - at < FRESH_FOR:
            return owned
        if not self._turns.acquire(blocking=False):
            return None
        try:
            owned = self._read(tenant)
        finally:
            self._turns.release()
        self._remember(tenant.id, owned)
        return owned

    def _read(self, tenant: Tenant) -> Owned:
        try:
            found = self._losses(tenant)
        except ReaperError:
            return None
        return None if found is None else tuple(r for r in found if r.project_id == tenant.project_id)

    def _remember(self, tenant_id: str, owned: Owned) -> None:
        with self._lock:
            self._seen[tenant_id] = (self._clock.now(), owned)
            self._seen.move_to_end(tenant_id)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
