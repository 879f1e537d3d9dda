"""A renewal by an admin that goes beyond the lease's own rules: a pure function of tenant and now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reaper.lifecycle import NotRenewed, Renewed, renew_under
from reaper.model import Tenant


def renew_beyond_rules(tenant: Tenant, now: datetime, by: str = "reaper") -> Renewed | NotRenewed:
    """Renew although `times`, `at_most` or `opens_before` stand against it; what is impossible stays refused.

    The lease's terms are raised as far as it needs, so that its record goes on making sense.
    """
    lease, terms = tenant.lease, tenant.lease.terms
    end = max(lease.expires_at, now)
    by_span = terms.renew_by or terms.lasts  # terms without renewals name no step of their own
    raised = replace(
        terms,
        renew_times=max(terms.renew_times, lease.renewals + 1),
        at_most=max(terms.at_most, end + by_span - lease.started_at),
    )
    lifted = replace(raised, renew_by=by_span, opens_before=max(terms.opens_before, end - now))
    return renew_under(tenant, lifted, raised, by, now)
