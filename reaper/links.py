"""Links that name one tenant's one lease, signed so that nobody can make them up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import itsdangerous

from reaper.errors import Unusable

#: A real token has about 140 characters; nothing longer than this is even looked at.
LONGEST = 1024
#: Stands between the two ids; a control character, since no id contains one.
_BETWEEN = "\x1f"


class Signer:
    """Makes and reads the tokens of renewal links.

    The first secret signs, all of them verify: a new one put in front replaces the old without breaking mails that are
    already out. A token says which lease it is for, so it dies with that lease.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        """Keep the secrets, newest first.

        Raises:
            Unusable: there is none, or an empty one.
        """
        if not secrets or not all(secrets):
            raise Unusable(
                "links cannot be signed: the list of secrets is empty or has an empty one, give at least one"
            )
        # itsdangerous signs with the last key of its list.
        self._signer = itsdangerous.Signer(
            list(reversed(secrets)), salt="reaper.lease", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def token(self, tenant_id: str, lease_id: str) -> str:
        """Name a tenant's lease in letters, digits, `-`, `_` and one dot: safe in a path and in a mail's plain text."""
        named = itsdangerous.base64_encode(f"{tenant_id}{_BETWEEN}{lease_id}")
        return self._signer.sign(named).decode("ascii")

    def read(self, token: str) -> tuple[str, str] | None:
        """Return tenant id and lease id, or None for anything that was not signed here. Never raises."""
        if len(token) > LONGEST or not token.isascii():
            return None
        try:
            named = itsdangerous.base64_decode(self._signer.unsign(token)).decode("utf-8")
        except (itsdangerous.BadData, UnicodeDecodeError):
            return None
        tenant_id, between, lease_id = named.partition(_BETWEEN)
        return (tenant_id, lease_id) if between else None


def link_for(public_url: str, token: str) -> str:
    """Return the address of the page at which this token is understood."""
    return f"{public_url.rstrip('/')}/lease/{token}"
