"""Which projects of a census are tenants."""

from __future__ import annotations

from collections.abc import Iterator

from reaper.model import Census, Project
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy


def coverings(census: Census, policies: Policies) -> Iterator[tuple[Project, Policy]]:
    """Return the projects that a policy covers and nothing protects, each with that policy."""
    for project in census.projects:
        policy = None if project.protected else policies.covering(project, census.cloud)
        if policy is not None:
            yield project, policy
