"""Which calls a listing takes: for some projects one by one, several at once, or the whole cloud."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from reaper.cloud.pages import Params
from reaper.cloud.rows import Row


def list_queries(row: Row, project_ids: Collection[str] | None, own: str | None = None) -> Iterator[Params]:
    """Give the query of every call that a listing takes, before paging."""
    common: dict[str, str | list[str]] = {**(row.filter.everybody or {})}
    if row.fields:
        common["fields"] = list(row.fields)
    for extra in ({}, *row.also):
        for some in groups(row, project_ids):
            named = [own, *some] if own and some else list(some)
            chosen: Params = {row.filter.by: named} if some and row.filter.by else {}
            yield {**common, **extra, **chosen}


def groups(row: Row, project_ids: Collection[str] | None) -> list[tuple[str, ...]]:
    """Divide the projects among the calls; an empty group means the whole cloud.

    A service that takes several projects at once gets them in groups, one that takes a single project is asked one by
    one; when it is better asked for the whole cloud, see `list_scope`.
    """
    if project_ids is None:
        return [()]
    ids = sorted(set(project_ids))
    if ids and row.filter.by is None:
        return [()]
    rest = iter(ids)
    return list(iter(lambda: tuple(islice(rest, row.filter.at_once)), ()))
