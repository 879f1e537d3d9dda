"""What cannot be true about a tenant."""

from __future__ import annotations

from datetime import datetime, timedelta

from reaper.model import State, Tenant

#: A promise that was not carried out for so long after its day has to be made again.
STALE_AFTER = timedelta(days=7)
#: Nobody's lease began before there was a cloud like this one; earlier dates are broken clocks and zeroes.
FIRST_CLOUD = 2010


def inconsistency(tenant: Tenant, now: datetime) -> str | None:
    """Say what about a tenant cannot be true, or None. Impossible data must never lead to the next step."""
    if tenant.damaged:
        return f"its record cannot be read: {tenant.damaged}"
    lease, terms = tenant.lease, tenant.lease.terms
    longest = max(terms.at_most, terms.lasts) + STALE_AFTER
    checks = (
        (lease.started_at.year < FIRST_CLOUD, f"its lease started in {lease.started_at.year}"),
        (lease.started_at > now + timedelta(days=1), f"its lease starts in the future, {lease.started_at:%Y-%m-%d}"),
        (lease.expires_at <= lease.started_at, "its lease ends before it starts"),
        (
            lease.expires_at - lease.started_at > longest and tenant.hold is None,
            f"its lease ends in {lease.expires_at:%Y}: too far",
        ),
        (not terms.warn_before, "its terms have no warning"),
        (terms.notice <= timedelta(0), "its terms have no notice"),
        (not 0 <= lease.renewals <= terms.renew_times, f"it was renewed {lease.renewals} of {terms.renew_times} times"),
        (tenant.state is State.SUSPENDED and tenant.suspended_at is None, "it is suspended since no known date"),
        (
            tenant.suspended_at is not None and tenant.suspended_at > now + timedelta(days=1),
            "it is suspended in future",
        ),
    )
    return next((text for wrong, text in checks if wrong), None)
