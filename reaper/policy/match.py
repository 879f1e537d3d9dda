"""Which tenants a policy covers: criteria that must all hold, each a list of which one must fit."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Self

from pydantic import model_validator

from reaper.model.cloud import AGGREGATE, REGION
from reaper.policy.fields import Section, Some, Word, agree


class Tags(Section):
    """Project tags; compared whole and case by case."""

    any: Some[Word] | None = None
    """The project has at least one of these tags."""
    all: Some[Word] | None = None
    """The project has every one of these tags."""
    none: Some[Word] | None = None
    """A project with one of these tags is not covered: the way to exempt it."""

    def fit(self, tags: frozenset[str]) -> bool:
        """Say whether a project with these tags is covered."""
        return (
            (self.any is None or not tags.isdisjoint(self.any))
            and (self.all is None or tags.issuperset(self.all))
            and self.spare(tags) is None
        )

    def spare(self, tags: frozenset[str]) -> str | None:
        """Return the tag that exempts a project, if it bears one."""
        return next((tag for tag in self.none or () if tag in tags), None)


class Match(Section):
    """Every criterion that is given must hold; names are globs for the whole name, all else is compared exactly."""

    clouds: Some[Word] | None = None
    """Entries of clouds.yaml; without it, every cloud in the settings."""
    domains: Some[Word] | None = None
    """Names of Keystone domains."""
    names: Some[Word] | None = None
    """Globs for the whole project name, case-sensitive: * ? [abc]."""
    ids: Some[Word] | None = None
    """Project ids, as Keystone writes them."""
    aggregates: Some[Word] | None = None
    """Names of host aggregates that are set apart for the project (Nova's `filter_tenant_id`)."""
    regions: Some[Word] | None = None
    """Regions that are set apart for the project (a Keystone endpoint group of the region that it is a project of)."""
    tags: Tags = Tags()
    """What the project's tags must say."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        given = (self.clouds, self.domains, self.names, self.ids, *self._set_apart, self.tags.any, self.tags.all)
        agree(
            (
                all(criterion is None for criterion in given),
                "",
                'says nothing that a tenant must have, so it would cover every project; write names: ["*"] if it shall',
            )
        )
        return self

    def covers(self, cloud: str, project_id: str, name: str, domain: str, tags: frozenset[str]) -> bool:
        """Say whether every criterion that is given holds for this project."""
        return (
            (self.clouds is None or cloud in self.clouds)
            and (self.domains is None or domain in self.domains)
            and (self.names is None or any(fnmatchcase(name, glob) for glob in self.names))
            and (self.ids is None or project_id in self.ids)
            and (self.aggregates is None or not tags.isdisjoint(f"{AGGREGATE}{one}" for one in self.aggregates))
            and (self.regions is None or not tags.isdisjoint(f"{REGION}{one}" for one in self.regions))
            and self.tags.fit(tags)
        )

    @property
    def asks_what_is_set_apart(self) -> bool:
        """Whether it can only be judged knowing which aggregates and regions are set apart for whom."""
        return any(self._set_apart)

    @property
    def _set_apart(self) -> tuple[tuple[str, ...] | None, ...]:
        return (self.aggregates, self.regions)

    @property
    def is_everything(self) -> bool:
        """Whether nothing but the cloud and exempting tags bound it."""
        names_all = self.names is None or "*" in self.names
        bounds = (self.domains, self.ids, *self._set_apart, self.tags.any, self.tags.all)
        return names_all and all(bound is None for bound in bounds)
