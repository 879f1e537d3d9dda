"""Who gets a letter: sane addresses of the people whose roles the lease names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.headerregistry import Address

from reaper.letters.addresses import same_address
from reaper.letters.catalog import spec_of
from reaper.model import Letter, Person, Tenant

#: The role under which addresses from the project's own properties (`contact_email`) are kept.
CONTACT = "contact"
_SEPARATING = " ,;<>()"
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LONGEST = 254  # RFC 5321 4.5.3.1.3, without the angle brackets


def recipients(tenant: Tenant, letter: Letter) -> tuple[str, ...]:
    """Return the addresses of the people a letter goes to, in the order of the tenant's people, each once.

    Nobody when the letter is for the admins: their addresses are a setting.
    """
    if spec_of(letter.kind).for_admins:
        return ()
    return sane_addresses(person.email for person in readers(tenant) if person.email)


def readers(tenant: Tenant) -> tuple[Person, ...]:
    """Return the enabled people with one of the lease's contact roles; Keystone compares roles without case."""
    wanted = {role.casefold() for role in (*tenant.lease.terms.contacts, CONTACT)}
    return tuple(p for p in tenant.people if p.enabled and wanted & {role.casefold() for role in p.roles})


def sane_addresses(candidates: Iterable[str]) -> tuple[str, ...]:
    """Keep what can be an address (nothing that could break a header), each once, whatever its case."""
    found: dict[str, str] = {}
    for candidate in candidates:
        address = candidate.strip()
        if is_address(address):
            found.setdefault(same_address(address), address)
    return tuple(found.values())


def is_address(text: str) -> bool:
    """Whether a text is exactly one address, local part and domain, without any space or control character."""
    local, at, domain = text.rpartition("@")
    if not (local and at) or len(text) > _LONGEST or not text.isprintable() or any(c in _SEPARATING for c in text):
        return False
    try:
        if not _DOMAIN.fullmatch(domain.encode("idna").decode("ascii")):
            return False
        # The parser knows only ASCII; any other character may stand wherever a letter may (RFC 6531).
        Address(addr_spec="".join(c if c.isascii() else "x" for c in local) + "@host")
    except (ValueError, IndexError, HeaderParseError):  # IndexError: what the parser says to some broken quotes
        return False
    return True
