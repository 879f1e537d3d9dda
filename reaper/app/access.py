"""Whom the API lets in."""

from __future__ import annotations

from collections.abc import Mapping

from reaper.cloud import Reader
from reaper.config import Settings
from reaper.ports import CloudReader
from reaper.web import Access


def access_of(settings: Settings, readers: Mapping[str, CloudReader]) -> Access:
    """Let the users in for whom one of our clouds vouches."""
    said = settings.api
    vouching = {name: reader for name, reader in readers.items() if isinstance(reader, Reader)}
    return Access(vouching, frozenset(said.admin_roles), frozenset(said.member_roles), frozenset(said.reader_roles))
