"""Which projects of a census are tenants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reaper.model import Census, Project
from reaper.policy.policies import Policies
from reaper.policy.policy import Policy


def with_tags(census: Census, tags: Mapping[str, frozenset[str]]) -> Census:
    """Add tags to projects by id: those that stand for what is set apart for them."""
    known = (replace(one, tags=one.tags | tags[one.id]) if one.id in tags else one for one in census.projects)
    return replace(census, projects=tuple(known))


def coverings(census: Census, policies: Policies) -> Iterator[tuple[Project, Policy]]:
    """Return the projects that a policy covers and nothing protects, each with that policy."""
    for project in census.projects:
        policy = None if project.protected else policies.covering(project, census.cloud)
        if policy is not None:
            yield project, policy
