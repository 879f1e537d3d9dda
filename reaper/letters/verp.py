"""The address a letter comes back to: it names the letter and is signed, so that nobody can send back another's."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_REF = re.compile(r"[0-9a-f]{32}")
_ADDRESS = re.compile(r"\+([a-z2-7]{26})-([a-z2-7]{16})@", re.IGNORECASE)
#: Octets of the signature that are kept: an address has 64 characters before its @ at most (RFC 5321 4.5.3.1.1).
_SIGNED = 10


@dataclass(frozen=True)
class ReturnAddress:
    """Makes and reads envelope senders: `bounces+LETTER-SIGNATURE@example.org`, the same in any case.

    The first secret signs, all of them verify, as with the links.
    """

    address: str
    secrets: Sequence[str]

    def sender_of(self, ref: str) -> str:
        """Return the envelope sender of a letter; the plain address for a name that cannot be written so."""
        local, _, domain = self.address.rpartition("@")
        if not _REF.fullmatch(ref):
            return self.address
        return f"{local}+{_in_letters(bytes.fromhex(ref))}-{_signature(ref, self.secrets[0])}@{domain}"

    def expects(self, address: str) -> bool:
        """Whether a letter may come back to this address: one signed here, or the plain one behind an alias."""
        return address.casefold() == self.address.casefold() or self.letter_named_in([address]) is not None

    def letter_named_in(self, texts: Iterable[str]) -> str | None:
        """Find the letter that one of these texts names as the sender did; None when nobody here signed any of them."""
        found = (match for text in texts for match in _ADDRESS.finditer(text))
        return next((ref for match in found if (ref := self._believed(match[1], match[2])) is not None), None)

    def _believed(self, named: str, signature: str) -> str | None:
        try:
            ref = base64.b32decode(named.upper() + "=" * (-len(named) % 8)).hex()
        except binascii.Error:
            return None
        given = signature.lower()
        return ref if any(hmac.compare_digest(_signature(ref, secret), given) for secret in self.secrets) else None


def _signature(ref: str, secret: str) -> str:
    signed = hmac.new(secret.encode(), b"reaper.return\x1f" + ref.encode(), hashlib.sha256).digest()
    return _in_letters(signed[:_SIGNED])


def _in_letters(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").rstrip("=").lower()
