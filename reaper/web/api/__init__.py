"""The same as the page, for programs: leases as JSON below /v1, with the caller's own Keystone token."""

from reaper.web.api.access import Access
from reaper.web.api.routes import PREFIX, Api, register

__all__ = ["PREFIX", "Access", "Api", "register"]
