"""Who belongs to a tenant, as the ledger keeps it: one row for each address, whoever names it and however often."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, insert, select, update

from reaper.letters.addresses import same_address
from reaper.model import NOT_DELIVERED, Event, EventKind, LetterState, Person
from reaper.store.reading import living
from reaper.store.rows import person_from
from reaper.store.tables import letters, people, tenants
from reaper.store.types import legible
from reaper.store.writing import OF_ONE_ROUND, add_events

#: How long those are kept in whose place Keystone suddenly names nobody: a list can be empty for a moment.
DOUBTED_FOR = timedelta(days=1)


class _Kept(NamedTuple):
    """The people of one tenant as they stand in the ledger, and since when Keystone names nobody instead of them."""

    people: frozenset[Person]
    missing_since: datetime | None


def as_kept(found: Iterable[Person]) -> tuple[Person, ...]:
    """Return people as the ledger gives them back: texts it can keep, and those with one address as one person.

    What is kept is compared with this and nothing else: what the database would change would else be news for ever.
    """
    by_key: dict[str, Person] = {}
    for person in sorted(map(_fit, found), key=_in_order):  # so that the same people are always merged alike
        key = key_of(person)
        by_key[key] = _merged(by_key[key], person) if key in by_key else person
    return tuple(by_key.values())


def key_of(person: Person) -> str:
    """Tell a person from the others of the tenant: by the address; by the user where there is none."""
    named = f"address {same_address(person.email)}" if person.email else f"user {person.user_id} {person.name}"
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()


def write(connection: Connection, of: Mapping[str, Sequence[Person]]) -> None:
    """Add people, by tenant; each as `as_kept` returns them."""
    rows = [_row(person) | {"tenant_id": tenant_id} for tenant_id, them in of.items() for person in them]
    if rows:
        connection.execute(insert(people), rows)


def meet(connection: Connection, met: Mapping[str, Sequence[Person]], now: datetime) -> None:
    """Write who belongs to these tenants now; the same once more changes nothing.

    Where nobody is left who can be reached, those known before stay for `DOUBTED_FOR`: nobody becomes an orphan
    because a list was empty for a moment.
    """
    known = _known(connection, list(met))
    changed: dict[str, tuple[Person, ...]] = {}
    doubted: list[str] = []
    found_again: list[str] = []
    for tenant_id, found in met.items():
        before = known[tenant_id]
        them = as_kept(_remembered(found, before.people))
        if _reached(before.people) and not _reached(them) and not _long_ago(before.missing_since, now):
            doubted += [tenant_id] if before.missing_since is None else []
            continue
        if before.people != frozenset(them):
            changed[tenant_id] = them
        elif before.missing_since is not None:
            found_again.append(tenant_id)
    _doubt(connection, doubted, now)
    if found_again:
        connection.execute(update(people).where(people.c.tenant_id.in_(found_again)).values(missing_since=None))
    if changed:
        connection.execute(delete(people).where(people.c.tenant_id.in_(list(changed))))
        write(connection, changed)
        _write_again(connection, list(changed), now)


def _known(connection: Connection, tenant_ids: Sequence[str]) -> dict[str, _Kept]:
    known: dict[str, set[Person]] = {tenant_id: set() for tenant_id in tenant_ids}
    missing: dict[str, datetime] = {}
    for row in connection.execute(select(people).where(people.c.tenant_id.in_(tenant_ids))).mappings():
        known[row["tenant_id"]].add(person_from(row))
        if isinstance(row["missing_since"], datetime):
            missing[row["tenant_id"]] = row["missing_since"]
    return {tenant_id: _Kept(frozenset(them), missing.get(tenant_id)) for tenant_id, them in known.items()}


def _remembered(found: Iterable[Person], before: Iterable[Person]) -> list[Person]:
    """Put in place of whom the cloud has only told the role what was known of them, with the roles of today."""
    by_user: dict[str, list[Person]] = {}
    for person in before:
        if person.user_id:
            by_user.setdefault(person.user_id, []).append(person)
    return [
        kept
        for person in found
        for kept in (
            [replace(old, roles=person.roles) for old in by_user.get(_fit(person).user_id, ())] or [person]
            if person.unread
            else [person]
        )
    ]


def _reached(them: Iterable[Person]) -> bool:
    return any(person.email for person in them)


def _long_ago(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since >= DOUBTED_FOR


def _doubt(connection: Connection, tenant_ids: Sequence[str], now: datetime) -> None:
    if not tenant_ids:
        return
    connection.execute(update(people).where(people.c.tenant_id.in_(tenant_ids)).values(missing_since=now))
    hours = int(DOUBTED_FOR.total_seconds() // 3600)
    text = f"Keystone names nobody who can be reached: those known before are written to for {hours} hours more"
    add_events(connection, [(tenant_id, Event(now, EventKind.PEOPLE, text)) for tenant_id in tenant_ids])


def _write_again(connection: Connection, changed: Sequence[str], now: datetime) -> None:
    """Take refusals back where there are other people now: the letter that nobody could be given is owed to them."""
    refused = and_(
        letters.c.tenant_id.in_(changed),
        letters.c.state.in_(NOT_DELIVERED),
        letters.c.kind.in_(OF_ONE_ROUND),
        letters.c.lease_id.in_(select(tenants.c.lease_id).where(tenants.c.id.in_(changed), living())),
    )
    owed = sorted(set(connection.scalars(select(letters.c.tenant_id).where(refused))))
    if not owed:
        return
    connection.execute(update(letters).where(refused).values(state=LetterState.SUPERSEDED, once=None))
    due = {"next_due_at": now, "version": tenants.c.version + 1}
    connection.execute(update(tenants).where(tenants.c.id.in_(owed)).values(due))
    event = Event(now, EventKind.PEOPLE, "it has other people now: what reached nobody is written to them")
    add_events(connection, [(tenant_id, event) for tenant_id in owed])


def _fit(person: Person) -> Person:
    """Make the texts of a person such as every database gives back as it was given them."""
    email = legible(person.email)[:320] if person.email else None
    return Person(
        user_id=legible(person.user_id)[:255],
        name=legible(person.name)[:255] or "?",
        email=email,
        roles=frozenset(map(legible, person.roles)),
        language=legible(person.language)[:32] if person.language else None,
        enabled=person.enabled,
    )


def _in_order(person: Person) -> tuple[Any, ...]:
    words = (person.name, person.email or "", person.language or "", sorted(person.roles))
    return (not person.user_id, person.user_id, *words, person.enabled)


def _merged(one: Person, other: Person) -> Person:
    """Make one person of two with one address; roles of one that is disabled do not count beside an enabled one."""
    first, second = (one, other) if one.user_id or not other.user_id else (other, one)
    alike = one.enabled == other.enabled
    roles = one.roles | other.roles if alike else one.roles if one.enabled else other.roles
    return replace(
        first,
        roles=roles,
        language=first.language or second.language,
        enabled=one.enabled or other.enabled,
    )


def _row(person: Person) -> dict[str, Any]:
    named = {name: getattr(person, name) for name in ("user_id", "name", "email", "roles", "language", "enabled")}
    return named | {"key": key_of(person), "missing_since": None}
